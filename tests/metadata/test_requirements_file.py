from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zephyr.errors import UsageError
from zephyr.metadata.requirements_file import RequirementsFile, read_requirements_file

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str | bytes, **others: str) -> RequirementsFile:
    for name, content in others.items():
        (folder / f"{name}.txt").write_text(content)

    path = folder / "requirements.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())

    return read_requirements_file(str(path), {"TOKEN": "s3cret"})


def texts(parsed: RequirementsFile) -> list[str]:
    return [line.text for line in parsed.requirements]


def test_comments_blank_lines_and_markers_are_understood(tmp_path: Path) -> None:
    parsed = read(
        tmp_path, "# head\n\nattrs>=20  # why\nidna; python_version>'3'\nhash#tag @ https://x.example/#a\n"
    )

    assert texts(parsed) == ["attrs>=20", "idna; python_version>'3'", "hash#tag @ https://x.example/#a"]


def test_a_line_goes_on_after_a_backslash(tmp_path: Path) -> None:
    parsed = read(tmp_path, "attrs==23.1 \\\n    --hash=sha256:aa \\\n    --hash sha256:bb\nidna\n")

    assert texts(parsed) == ["attrs==23.1", "idna"]
    assert parsed.requirements[0].hashes == ("sha256:aa", "sha256:bb")
    assert parsed.requirements[1].origin.endswith("requirements.txt line 4")


def test_a_comment_that_ends_in_a_backslash_does_not_swallow_the_next_line(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "# comment \\\nattrs\n")) == ["attrs"]


def test_included_files_are_read_relative_to_the_one_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "more.txt").write_text("-r deep.txt\nidna\n")
    (tmp_path / "sub" / "deep.txt").write_text("anyio\n")

    assert texts(read(tmp_path, "attrs\n-r sub/more.txt\n")) == ["attrs", "anyio", "idna"]


def test_requirements_of_a_constraints_file_are_constraints(tmp_path: Path) -> None:
    parsed = read(tmp_path, "attrs\n-c limits.txt\n", limits="attrs<24\n-r others.txt\n", others="idna<4\n")

    assert texts(parsed) == ["attrs"]
    assert [line.text for line in parsed.constraints] == ["attrs<24", "idna<4"]


def test_options_are_collected_in_order(tmp_path: Path) -> None:
    parsed = read(tmp_path, "--index-url=https://a.example/simple\n-i https://b.example\n--pre\n-fwheels\n")

    assert parsed.values("index-url") == ("https://a.example/simple", "https://b.example")
    assert parsed.values("pre") == ("",)
    assert parsed.values("find-links") == ("wheels",)
    assert [option.name for option in parsed.options] == ["index-url", "index-url", "pre", "find-links"]


def test_an_editable_line_is_a_requirement(tmp_path: Path) -> None:
    parsed = read(tmp_path, "attrs\n-e ./project[extra]\n--editable=other\n")

    assert [(line.text, line.editable) for line in parsed.requirements] == [
        ("attrs", False),
        ("./project[extra]", True),
        ("other", True),
    ]
    assert parsed.options == ()


def test_variables_are_replaced_and_unknown_ones_left(tmp_path: Path) -> None:
    parsed = read(tmp_path, "-i https://u:${TOKEN}@a.example/${OTHER}\n")

    assert parsed.values("index-url") == ("https://u:s3cret@a.example/${OTHER}",)


def test_byte_order_marks_are_understood(tmp_path: Path) -> None:
    assert texts(read(tmp_path, b"\xef\xbb\xbfattrs\n")) == ["attrs"]
    assert texts(read(tmp_path, "attrs\n".encode("utf-16"))) == ["attrs"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("--no-such-option\n", "line 1: unknown option --no-such-option"),
        ("attrs\n-r\n", "line 2: -r needs a value"),
        ("-r missing.txt\n", "Cannot read the requirements file"),
        ("-r requirements.txt\n", "include each other: requirements.txt -> requirements.txt"),
        ("attrs --what=x\n", "line 1: unknown option --what"),
        ("-i 'unclosed\n", "No closing quotation"),
    ],
)
def test_what_cannot_be_understood_names_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(tmp_path, text)

    assert message in raised.value.message
    assert raised.value.id == "requirements-file"


def test_what_an_address_includes_is_relative_to_it() -> None:
    files = {
        "https://u:s3cret@files.example/a/top.txt": b"-r more.txt\n-c /limits.txt\n",
        "https://u:s3cret@files.example/a/more.txt": b"attrs\n",
        "https://u:s3cret@files.example/limits.txt": b"attrs<24\n",
    }
    parsed = read_requirements_file(
        "https://u:s3cret@files.example/a/top.txt", {}, fetch=lambda url: (files[url], None)
    )

    assert [line.origin for line in parsed.requirements] == ["https://files.example/a/more.txt line 1"]
    assert [line.text for line in parsed.constraints] == ["attrs<24"]


def test_a_file_may_be_included_twice_but_not_without_end(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("attrs\n")
    assert texts(read(tmp_path, "-r more.txt\n-r more.txt\n")) == ["attrs", "attrs"]

    for number in range(20):
        (tmp_path / f"n{number}.txt").write_text(f"-r n{number + 1}.txt\n" * 2)

    (tmp_path / "n20.txt").touch()

    with pytest.raises(UsageError, match="More than 1000 requirements files"):
        read(tmp_path, "-r n0.txt\n")


def test_an_address_is_refused_where_nothing_fetches(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"https://files\.example/r\.txt is an address"):
        read(tmp_path, "-r https://u:s3cret@files.example/r.txt\n")


@pytest.mark.parametrize("lines", ["-r b.txt\n", "-c b.txt\n"])
def test_files_that_include_each_other_are_told_with_their_way(tmp_path: Path, lines: str) -> None:
    (tmp_path / "b.txt").write_text("-r requirements.txt\n")

    with pytest.raises(UsageError, match=r"requirements\.txt -> b\.txt -> requirements\.txt"):
        read(tmp_path, lines)


def test_an_option_beside_a_requirement_is_ignored_with_a_warning(tmp_path: Path) -> None:
    parsed = read(tmp_path, "attrs --pre\n")

    assert parsed.options == ()
    assert "--pre has no effect beside a requirement" in parsed.warnings[0]


def test_constraints_are_judged_where_they_stand(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Constraints cannot have extras") as raised:
        read(tmp_path, "attrs\n-c limits.txt\n", limits="idna\nattrs[x]<2\n")

    assert "limits.txt line 2" in raised.value.message
