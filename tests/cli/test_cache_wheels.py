"""pip's actions on the cache: ``info``, ``list``, ``remove`` and ``purge``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said
from zephyr.cli.cache_wheels import pip_size

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture
def filled(cli: CommandLine) -> CommandLine:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli("install", "demo")

    return cli


def _listed(cli: CommandLine, *words: str) -> list[str]:
    return [
        line.split()[1] for line in cli("cache", "list", *words).out.splitlines() if line.startswith(" - ")
    ]


def test_wheels_are_listed_as_pip_lists_them(filled: CommandLine) -> None:
    lines = filled("cache", "list", raw=True).out.splitlines()

    assert lines[:2] == ["Cache contents:", ""]
    assert [line.partition(" (")[0] for line in lines[2:]] == [
        " - demo-1.0-py3-none-any.whl",
        " - dep-1.0-py3-none-any.whl",
    ]
    assert all(line.startswith("[TMP]/cache/") for line in _paths(filled))


def _paths(cli: CommandLine) -> list[str]:
    paths = cli("cache", "list", "--format=abspath").out.splitlines()
    assert len(paths) == 2

    return paths


@pytest.mark.parametrize(
    ("pattern", "names"),
    [("demo", ["demo"]), ("DEP", ["dep"]), ("de*", ["demo", "dep"]), ("dep-1.0", ["dep"]), ("dep-2*", [])],
)
def test_a_pattern_is_a_name_or_the_beginning_of_a_file_name(
    filled: CommandLine, pattern: str, names: list[str]
) -> None:
    assert _listed(filled, pattern) == [f"{name}-1.0-py3-none-any.whl" for name in names]


def test_what_matches_is_removed(filled: CommandLine) -> None:
    result = filled("cache", "remove", "dep", raw=True)

    assert result.out.endswith("Directories removed: 1\n")
    assert _listed(filled) == ["demo-1.0-py3-none-any.whl"]


def test_nothing_matches(filled: CommandLine) -> None:
    assert filled("cache", "remove", "nonesuch", raw=True) == said(
        'warning: No matching packages for pattern "nonesuch"\n',
        out="Files removed: 0 (0 bytes)\nDirectories removed: 0\n",
    )


def test_everything_is_removed(filled: CommandLine) -> None:
    filled("cache", "purge")

    assert filled("cache", "list") == said(out="No locally built wheels cached.\n")
    assert filled("cache", "purge").err == "warning: No matching packages\n"


def test_what_there_is_to_know(filled: CommandLine) -> None:
    lines = filled("cache", "info").out.splitlines()

    assert lines[0] == "Package index page cache location (pip v23.3+): [TMP]/cache/pages-v1"
    assert lines[-1] == "Number of locally built wheels: 2"


@pytest.mark.parametrize("words", [("info",), ("list",), ("remove", "demo"), ("purge",)])
def test_a_cache_that_is_switched_off(cli: CommandLine, words: tuple[str, ...]) -> None:
    assert cli("cache", *words, "--no-cache-dir") == failed(
        "error[cache-disabled]: Cache commands can not function since cache is disabled\n"
    )


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 bytes"), (1000, "1000 bytes"), (1234, "1.2 kB"), (12345, "12 kB"), (1234567, "1.2 MB")],
)
def test_sizes_are_shown_as_by_pip(size: int, shown: str) -> None:
    assert pip_size(size) == shown
