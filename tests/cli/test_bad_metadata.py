"""Metadata that is wrong or hostile, one row of the list of bad inputs (M01 to M14) after the other.

What is tried here is what an install makes of them: it goes on with what is good, or says which version is
of no use and why; it never fails in a way that it should not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.support.wheels import core_metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.command_line import CommandLine
    from tests.support.fake_index import FakeIndex

    Serve = Callable[[FakeIndex], object]

DIGITS = "9" * 5000


@dataclass(frozen=True)
class Expected:
    """What an install is to come to: what is in the environment, or the id and the words of its failure."""

    installed: dict[str, str] = field(default_factory=dict[str, str])
    error: str = ""
    words: str = ""


def works(**installed: str) -> Expected:
    return Expected(installed)


def fails(error: str, words: str) -> Expected:
    return Expected({}, error, words)


def requiring(*lines: str, extras: dict[str, list[str]] | None = None) -> Serve:
    """Offer demo 1.0 with these requirements, and dep 1.0."""

    def serve(index: FakeIndex) -> None:
        index.serve("demo", "1.0", requires=lines, extras=extras)
        index.serve("dep", "1.0")

    return serve


def saying(text: str | Callable[[str], str], *, also: bool = False) -> Serve:
    """Offer demo 2.0 with this METADATA, or with what a function makes of a good one; perhaps 1.0 also."""

    def serve(index: FakeIndex) -> None:
        good = core_metadata("demo", "2.0")
        index.serve("demo", "2.0", metadata=text if isinstance(text, str) else text(good))

        if also:
            index.serve("demo", "1.0")

    return serve


def stray_versions(index: FakeIndex) -> None:
    index.serve("demo", "1.0")

    for filename in ("demo-1.0_dev_x-py3-none-any.whl", "demo-2004d.tar.gz", "demo-final.zip"):
        index.add_bytes("demo", "?", filename, b"")


def cycle(index: FakeIndex) -> None:
    for number in range(50):
        index.serve(f"c{number}", "1.0", requires=[f"c{(number + 1) % 50}"])


def crowd(index: FakeIndex) -> None:
    index.serve("demo", "1.0", requires=[f"dep>=0.{number} ; python_version>'3'" for number in range(10_000)])
    index.serve("dep", "99999")


def every(status: str) -> Serve:
    """Offer a dependency of which nothing can be used, in one of several ways."""

    def serve(index: FakeIndex) -> None:
        index.serve("demo", "1.0", requires=["dep"])

        match status:
            case "yanked":
                index.serve("dep", "1.0", yanked="broken")
            case "foreign":
                index.serve("dep", "1.0", tag="cp27-cp27m-win32")
            case "python":
                index.serve("dep", "1.0", requires_python=">=99")
            case "pre-release":
                index.serve("dep", "1.0rc1")
            case _:
                pass

    return serve


ROWS: tuple[tuple[str, Serve, str, Expected], ...] = (
    ("M01 a version that is none", stray_versions, "demo", works(demo="1.0")),
    ("M01 asked for", stray_versions, "demo==2004d", fails("requirement-invalid", "2004d")),
    ("M02 a wildcard", requiring("dep (>=1.0.*)"), "demo", works(demo="1.0", dep="1.0")),
    ("M02 a trailing comma", requiring("dep>=1.0,"), "demo", works(demo="1.0", dep="1.0")),
    ("M02 a star", requiring("dep >= 1.0, *"), "demo", works(demo="1.0", dep="1.0")),
    ("M02 ~= with one number", requiring("dep~=1"), "demo", fails("no-solution", "dep~=1")),
    ("M02 no specifier at all", requiring("dep => one"), "demo", fails("no-solution", "dep => one")),
    ("M03 an unknown variable", requiring("dep ; moon == 'full'"), "demo", fails("no-solution", "moon")),
    ("M03 a marker cut off", requiring("dep ; python_version >"), "demo", fails("no-solution", "demo 1.0")),
    (
        "M03 text compared as a version",
        requiring("dep ; os_name ~= 'posix'"),
        "demo",
        fails("no-solution", "demo 1.0"),
    ),
    ("M04 itself", requiring("demo"), "demo", works(demo="1.0")),
    ("M04 itself, another version", requiring("demo==2"), "demo", fails("no-solution", "demo==2")),
    ("M04 a cycle", cycle, "c0", works(**{f"c{number}": "1.0" for number in range(50)})),
    (
        "M04 its own extras",
        requiring(extras={"all": ["demo[one]"], "one": ["dep"]}),
        "demo[all]",
        works(demo="1.0", dep="1.0"),
    ),
    ("M04 an unknown extra", requiring(), "demo[none]", works(demo="1.0")),
    (
        "M05 an address",
        requiring("dep @ https://files.example/dep-1.0-py3-none-any.whl"),
        "demo",
        fails("no-solution", "dep"),
    ),
    ("M05 a repository", requiring("dep @ git+https://git.example/dep"), "demo", fails("no-solution", "dep")),
    (
        "M05 a local file",
        requiring("dep @ file:///etc/dep-1.0-py3-none-any.whl"),
        "demo",
        fails("no-solution", "dep"),
    ),
    ("M08 a number of 5000 digits", requiring(f"dep>={DIGITS}"), "demo", fails("no-solution", "demo 1.0")),
    ("M08 as a release", requiring(f"dep==1.{DIGITS}.*"), "demo", fails("no-solution", "demo 1.0")),
    ("M08 an epoch", requiring("dep<1000000000!1"), "demo", works(demo="1.0", dep="1.0")),
    ("M08 a megabyte", requiring(f"dep{'>=1,' * 250_000}>=1"), "demo", fails("no-solution", "demo 1.0")),
    (
        "M08 text to backtrack on",
        requiring(f"dep ({' ' * 8_000}(((1"),
        "demo",
        fails("no-solution", "demo 1.0"),
    ),
    (
        "M08 in a Requires-Python",
        saying(lambda good: f"Requires-Python: >={DIGITS}\n{good}"),
        "demo",
        works(demo="2.0"),
    ),
    ("M09 ten thousand requirements", crowd, "demo", works(demo="1.0", dep="99999")),
    ("M10 version 3.0", saying(lambda good: good.replace("2.3", "3.0")), "demo", fails("no-solution", "3.0")),
    ("M10 version 2.9", saying(lambda good: good.replace("2.3", "2.9")), "demo", works(demo="2.0")),
    ("M10 none", saying("Name: demo\nVersion: 2.0\n\n"), "demo", works(demo="2.0")),
    ("M11 a folded header", saying(lambda good: f"Summary: a\n  b\n{good}"), "demo", works(demo="2.0")),
    ("M11 no header", saying("hello"), "demo", fails("no-solution", "demo 2.0")),
    (
        "M11 a name twice",
        saying(lambda good: f"Name: other\n{good}"),
        "demo",
        fails("no-solution", "demo 2.0"),
    ),
    ("M11 an older one serves", saying("hello", also=True), "demo", works(demo="1.0")),
    ("M12 spelled otherwise", saying(lambda good: good.replace("demo", "DEMO")), "demo", works(demo="2.0")),
    (
        "M12 another name",
        saying(lambda good: good.replace("demo", "d\u0435mo")),
        "demo",
        fails("no-solution", "demo 2.0"),
    ),
    (
        "M12 another version",
        saying(lambda good: good.replace("2.0\n", "2.1\n")),
        "demo",
        fails("no-solution", "demo 2.0"),
    ),
    ("M13 junk", saying(lambda good: f"Requires-Python: soon\n{good}"), "demo", works(demo="2.0")),
    ("M13 nobody's", every("python"), "demo", fails("no-solution", "requires Python >=99")),
    ("M14 absent", every("absent"), "demo", fails("no-solution", "dep")),
    ("M14 yanked", every("yanked"), "demo", fails("no-solution", "yanked")),
    ("M14 for others", every("foreign"), "demo", fails("no-solution", "no wheel")),
    ("M14 only pre-releases", every("pre-release"), "demo", works(demo="1.0", dep="1.0rc1")),
)

ELSEWHERE = {
    "M06 metadata that a build changes": "tests/workers and tests/cli/test_builds.py",
    "M07 wheels of one version with other requirements": "tests/pipeline/test_lock.py: one lock for them all",
}


@pytest.mark.parametrize(
    ("serve", "requirement", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_bad_metadata_does_no_harm(
    cli: CommandLine, serve: Serve, requirement: str, expected: Expected
) -> None:
    serve(cli.index)
    result = cli("install", requirement)

    assert cli.installed == expected.installed

    if not expected.error:
        assert result.code == 0
        return

    assert result.err.startswith(f"error[{expected.error}]")
    assert expected.words in result.err
    assert result.code in {1, 2}


def test_every_row_is_tried_somewhere() -> None:
    rows = {name.split()[0] for name in (*(row[0] for row in ROWS), *ELSEWHERE)}

    assert rows == {f"M{number:02}" for number in range(1, 15)}
