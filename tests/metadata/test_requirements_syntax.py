"""Lines of requirements files: what they are made of, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr.metadata.requirements_syntax import (
    Option,
    RequirementsFileInvalid,
    logical_lines,
    parse_line,
)

DIGEST = "0123ABCD"


def lines(text: str, **environ: str) -> list[tuple[int, str]]:
    return list(logical_lines(text, environ))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n\n  \nb\n", [(1, "a"), (4, "b")]),
        ("# only\na # why\nb#c\n", [(2, "a"), (3, "b#c")]),
        ("a\r\nb\r\n", [(1, "a"), (2, "b")]),
        ("a\fb", [(1, "a"), (2, "b")]),
        ("a==1.0 \\\n  --hash=x \\\n  --hash=y\nb", [(1, "a==1.0   --hash=x   --hash=y"), (4, "b")]),
        ("a==1\\\n.0", [(1, "a==1.0")]),
        ("a \\\n# said \\\nb", [(1, "a"), (3, "b")]),
        ("# said \\\nb", [(2, "b")]),
        ("a\\", [(1, "a")]),
        ("\\\n\\\n", []),
    ],
)
def test_lines_are_joined_and_comments_left_out(text: str, expected: list[tuple[int, str]]) -> None:
    assert lines(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://${USER_1}@x", "https://me@x"),
        ("${UNSET}", "${UNSET}"),
        ("${EMPTY}", "${EMPTY}"),
        ("${lower}", "${lower}"),
        ("$USER_1", "$USER_1"),
        ("${USER_1}${USER_1}", "meme"),
    ],
)
def test_only_variables_in_braces_and_upper_case_are_replaced(text: str, expected: str) -> None:
    assert lines(text, USER_1="me", EMPTY="", lower="no") == [(1, expected)]


def test_a_value_that_looks_like_a_variable_is_not_replaced_again() -> None:
    assert lines("${A}", A="${B}", B="x") == [(1, "${B}")]


@pytest.mark.parametrize(
    ("line", "text", "options"),
    [
        ("a>=1 ; os_name == 'nt'", "a>=1 ; os_name == 'nt'", ()),
        (f"a==1 --hash=sha256:{DIGEST}", "a==1", (Option("hash", "sha256:0123abcd"),)),
        (f"a==1 --hash sha512:{DIGEST}", "a==1", (Option("hash", "sha512:0123abcd"),)),
        (
            "a -C k=v --config-settings=k=w",
            "a",
            (Option("config-settings", "k=v"), Option("config-settings", "k=w")),
        ),
        ("-e ./x[y]", "", (Option("editable", "./x[y]"),)),
        ("--editable='./a b'", "", (Option("editable", "./a b"),)),
        ("-rmore.txt", "", (Option("requirement", "more.txt"),)),
        ("-c limits.txt", "", (Option("constraint", "limits.txt"),)),
        ("-i=https://a.example", "", (Option("index-url", "https://a.example"),)),
        ("--pypi-url https://a.example", "", (Option("index-url", "https://a.example"),)),
        ("--extra-index https://a.example", "", (Option("extra-index-url", "https://a.example"),)),
        ("--no-index -f wheels", "", (Option("no-index"), Option("find-links", "wheels"))),
        (
            "--pre --prefer-binary --require-hashes",
            "",
            (Option("pre"), Option("prefer-binary"), Option("require-hashes")),
        ),
        (
            "--no-binary=:all: --only-binary a,b",
            "",
            (Option("no-binary", ":all:"), Option("only-binary", "a,b")),
        ),
        ("--trusted-host h.example:81", "", (Option("trusted-host", "h.example:81"),)),
        ("--use-feature fast-deps", "", (Option("use-feature", "fast-deps"),)),
    ],
)
def test_a_line_is_a_requirement_and_options(line: str, text: str, options: tuple[Option, ...]) -> None:
    assert parse_line(line, "r.txt line 1") == (text, options)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--no-such x", "unknown option --no-such"),
        ("a --install-option=x", "unknown option --install-option"),
        ("a --global-option=x", "unknown option --global-option"),
        ("-x", "unknown option -x"),
        ("name-with-dash - x", "unknown option -"),
        ("--no", "unknown option --no"),
        ("-r", "-r needs a value"),
        ("--pre=yes", "--pre takes no value"),
        ("-i 'open", "No closing quotation"),
        ("--pre a", "'a' stands after options"),
        ("a==1 --hash=md5:aa", "allowed hash algorithms for --hash are sha256, sha384, sha512"),
        ("a==1 --hash=sha1:aa", "allowed hash algorithms"),
        ("a==1 --hash=aa", "the name of an algorithm and a digest were expected"),
        ("a -C k", "KEY=VALUE was expected"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(line: str, message: str) -> None:
    with pytest.raises(RequirementsFileInvalid) as raised:
        parse_line(line, "r.txt line 7")

    assert raised.value.message.startswith("r.txt line 7: ")
    assert message in raised.value.message


def test_a_misspelled_option_is_told_with_the_nearest_one() -> None:
    with pytest.raises(RequirementsFileInvalid) as raised:
        parse_line("--index-ulr https://a.example", "r.txt line 1")

    assert raised.value.hint == "Is --index-url meant?"


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for number, line in logical_lines(text, {}):
        assert number >= 1

        try:
            requirement, options = parse_line(line, "r.txt")
        except RequirementsFileInvalid:
            continue

        assert requirement or options
