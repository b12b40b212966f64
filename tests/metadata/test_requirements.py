"""Requirement lines: what is understood, what is repaired, what makes a version unusable."""

from __future__ import annotations

import pytest

from zephyr.metadata.requirements import (
    InvalidRootRequirement,
    Requirement,
    UnusableLine,
    only_extra,
    parse_line,
    parse_root,
)
from zephyr.model.source_reference import SourceInvalid, SourceNotSupported


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("demo", "demo"),
        ("Demo_Pkg (>=1.0,<2)", "demo-pkg<2,>=1.0"),
        ("demo[B,a-x, a_X]>1", "demo[a-x,b]>1"),
        ("demo===1.0-special", "demo===1.0-special"),
        ("demo @ https://files.example/d.whl", "demo @ https://files.example/d.whl"),
    ],
)
def test_a_valid_line_is_read_in_canonical_form(line: str, expected: str) -> None:
    assert str(parse_line(line)) == expected


def test_the_marker_stays_text() -> None:
    requirement = parse_line('demo>=1 ; python_version < "3"')

    assert isinstance(requirement, Requirement)
    assert (requirement.specifier, requirement.marker) == (">=1", 'python_version < "3"')


@pytest.mark.parametrize(
    ("line", "specifier"),
    [
        ("demo>=3.5.*", ">=3.5"),
        ("demo (>= 1.0, *)", ">=1.0"),
        ("demo>=1.0,", ">=1.0"),
        ("demo>=1.0 <2", "<2,>=1.0"),
        ("demo~=3.5.*", "~=3.5"),
        ("demo!=~1.0", "!=1.0.*"),
        ("demo'>=1.0'", ">=1.0"),
    ],
)
def test_old_spellings_on_the_list_are_repaired(line: str, specifier: str) -> None:
    requirement = parse_line(line)

    assert isinstance(requirement, Requirement)
    assert requirement.specifier == specifier


@pytest.mark.parametrize(
    "line",
    [
        "demo~=1",
        "demo>=",
        "-e .",
        "demo ; nonsense > 3",
        "demo ; python_version >",
        "demo==" + "1" * 5000,
        "demo" + "x" * 20_000,
        "demo @",
        "",
    ],
)
def test_what_cannot_be_repaired_is_unusable_and_says_so(line: str) -> None:
    unusable = parse_line(line)

    assert isinstance(unusable, UnusableLine)
    assert len(unusable.problem) < 500


@pytest.mark.parametrize(
    ("line", "extra"),
    [
        ("x ; extra == 'Dev_Tools'", "dev-tools"),
        ('x ; python_version < "3" and extra == "dev"', "dev"),
        ("x ; (extra == 'dev')", "dev"),
        ("x ; extra == 'a' or extra == 'b'", None),
        ("x ; extra != 'a'", None),
        ("x ; 'a' == extra", None),
        ("x", None),
        ("extra==1", None),
    ],
)
def test_lines_of_one_extra_are_known_without_parsing(line: str, extra: str | None) -> None:
    assert only_extra(line) == extra


@pytest.mark.parametrize(
    ("text", "name", "url"),
    [
        ("./demo-1.0-py3-none-any.whl", "demo", "file:///home/u/demo-1.0-py3-none-any.whl"),
        ("demo-1.0-py3-none-any.whl", "demo", "file:///home/u/demo-1.0-py3-none-any.whl"),
        ("/x y/demo-1.0-py3-none-any.whl[dev]", "demo", "file:///x%20y/demo-1.0-py3-none-any.whl"),
        (
            "https://files.example/a/demo-1.0-py3-none-any.whl",
            "demo",
            "https://files.example/a/demo-1.0-py3-none-any.whl",
        ),
        ("demo @ file:///x/demo-1.0-py3-none-any.whl", "demo", "file:///x/demo-1.0-py3-none-any.whl"),
    ],
)
def test_paths_and_urls_of_wheels_are_direct_references(text: str, name: str, url: str) -> None:
    root = parse_root(text, "command line", folder="/home/u")

    assert root.direct is not None
    assert (root.direct.name, root.direct.url, str(root.direct.version)) == (name, url, "1.0")
    assert root.requirement.extras == (("dev",) if "[dev]" in text else ())


def test_a_wheel_may_have_a_marker_however_it_is_named() -> None:
    path = "./demo-1.0-py3-none-any.whl"
    roots = [parse_root(f"{start}{path} ; os_name == 'nt'", "command line") for start in ("", "demo @ ")]

    assert {root.requirement.marker for root in roots} == {'os_name == "nt"'}
    assert roots[0] == roots[1]


def test_the_hash_in_a_url_is_the_hash_of_the_file() -> None:
    digest = "AB" * 32
    root = parse_root(f"https://files.example/demo-1.0-py3-none-any.whl#sha256={digest}", "command line")

    assert root.direct is not None
    assert root.direct.artifact.hashes == {"sha256": digest.lower()}
    assert "#" not in root.direct.url


@pytest.mark.parametrize(
    "text",
    [
        "./demo-1.0.tar.gz",
        "./folder",
        "git+https://code.example/demo.git",
        "demo @ git+https://code.example/demo.git@v1",
        "https://files.example/download?id=3",
    ],
)
def test_what_would_have_to_be_built_is_named_as_not_supported(text: str) -> None:
    with pytest.raises(SourceNotSupported, match=r"r\.txt line 3") as failure:
        parse_root(text, "r.txt line 3")

    assert failure.value.id == "source-not-supported"


@pytest.mark.parametrize(
    "text", ["demo~=1", "demo>=1.*", "demo ==", "two words", "demo; sys_platform", "demo @ "]
)
def test_a_senseless_requirement_of_the_user_is_an_error_with_its_origin(text: str) -> None:
    with pytest.raises(InvalidRootRequirement, match=r"r\.txt line 3"):
        parse_root(text, "r.txt line 3")


def test_a_url_of_another_project_is_refused() -> None:
    with pytest.raises(InvalidRootRequirement, match="a wheel of other"):
        parse_root("demo @ https://files.example/other-1.0-py3-none-any.whl", "command line")


@pytest.mark.parametrize(
    "text",
    [
        "demo @ https://user:secret@files.example/demo-1.0-py3-none-any.whl",
        "https://user:secret@files.example/demo-1.0-py3-none-any.whl",
    ],
)
def test_a_password_in_a_url_is_kept_for_the_request_alone(text: str) -> None:
    root = parse_root(text, "command line")

    assert root.direct is not None
    assert "secret" in root.direct.given
    assert "secret" not in root.direct.url
    assert "secret" not in root.label

    with pytest.raises(SourceInvalid) as failure:
        parse_root("demo @ https://user:secret@files.example/ demo.whl ; x", "command line")

    assert "secret" not in "\n".join([failure.value.message, *failure.value.details])
