"""Inline metadata of scripts (PEP 723)."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.pylock import is_valid_pylock_path

from tests.project.conftest import texts
from zephyr.errors import ZephyrError
from zephyr.project.script import lock_path_of_script, read_script

if TYPE_CHECKING:
    from zephyr.project.project import Project


def read(folder: Path, text: str, newline: str = "\n") -> Project:
    file = folder / "file.py"
    file.write_bytes(textwrap.dedent(text).replace("\n", newline).encode())

    return read_script(str(file))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_block_states_a_project_without_a_name(tmp_path: Path, newline: str) -> None:
    project = read(
        tmp_path,
        """\
        #!/usr/bin/env python
        # /// script
        # requires-python = ">=3.11"
        # dependencies = [
        #   "rich >=14",
        #
        # ]
        # [tool.zephyr]
        # exclude-newer = "7 days"
        # ///
        import rich
        """,
        newline,
    )

    assert (project.name, project.requires_python) == (None, ">=3.11")
    assert (project.root, project.path) == (str(tmp_path), str(tmp_path / "file.py"))
    assert texts(project.dependencies) == ["rich>=14"]
    assert project.dependencies[0].origin == "file.py dependencies"
    assert project.tool.exclude_newer == "7 days"


def test_a_byte_order_mark_hides_nothing(tmp_path: Path) -> None:
    assert texts(read(tmp_path, '\ufeff# /// script\n# dependencies = ["a"]\n# ///\n').dependencies) == ["a"]


def test_blocks_of_other_kinds_are_left_alone(tmp_path: Path) -> None:
    text = "# /// other\n# not toml\n# ///\n\n# /// script\n# dependencies = []\n# ///\n"

    assert read(tmp_path, text).dependencies == ()


def test_an_end_that_is_followed_by_more_of_the_block_ends_nothing(tmp_path: Path) -> None:
    text = '# /// script\n# dependencies = ["""a # x\n# ///\n# """]\n# ///\n'

    with pytest.raises(ZephyrError) as raised:
        read(tmp_path, text)

    # The whole of it was read: one requirement that spans lines, which is none.
    assert "entry 1 of dependencies" in raised.value.message


@pytest.mark.parametrize(
    ("text", "reason", "message"),
    [
        ("import rich\n", "script-without-metadata", "has no metadata block"),
        ("# /// script\n# a = 1\nimport x\n", "script-without-metadata", "it begins in line 1"),
        ("#/// script\n# a = 1\n# ///\n", "script-without-metadata", "has no metadata block"),
        ("# /// script\n#a = 1\n# ///\n", "script-without-metadata", "has no metadata block"),
        ("# /// script\n# ///\n\n# /// script\n# ///\n", "script-without-metadata", "begins in line 1"),
        ("# /// script\n#\n# ///\n\n# /// script\n#\n# ///\n", "script-invalid", "line 5: a second script"),
        ("\n# /// script\n# a = 1\n# b =\n# ///\n", "script-invalid", "line 4, column 6: this is not TOML"),
        (
            "# /// script\n# dependencies = 'a'\n# ///\n",
            "script-invalid",
            "line 2: dependencies in the script block is 'a'",
        ),
        (
            "# /// script\n# requires-python = '3'\n# ///\n",
            "script-invalid",
            "requires-python in the script block is '3'",
        ),
        (
            "# /// script\n# dependencies = ['a', 'b c']\n# ///\n",
            "script-invalid",
            "line 2: entry 2 of dependencies in the script block is not a",
        ),
        (
            "# /// script\n# tool.zephyr.package = 3\n# ///\n",
            "tool-zephyr-invalid",
            "package in [tool.zephyr]",
        ),
    ],
)
def test_what_is_wrong_is_named_with_the_line_of_the_script(
    tmp_path: Path, text: str, reason: str, message: str
) -> None:
    with pytest.raises(ZephyrError) as raised:
        read(tmp_path, text)

    assert raised.value.id == reason
    assert message in raised.value.message


def test_an_unknown_key_is_a_warning(tmp_path: Path) -> None:
    project = read(tmp_path, '# /// script\n# dependecies = ["a"]\n# ///\n')

    assert [warning.rpartition("file.py ")[2] for warning in project.warnings] == [
        "line 2: there is no key 'dependecies' in the script block. Is dependencies meant?"
    ]


def test_a_missing_script_is_named(tmp_path: Path) -> None:
    with pytest.raises(ZephyrError) as raised:
        read_script(str(tmp_path / "file.py"))

    assert raised.value.id == "script-missing"


@pytest.mark.parametrize(
    ("script", "lock"),
    [
        ("file.py", "pylock.file.toml"),
        ("tools/file.py", "tools/pylock.file.toml"),
        ("a.b.py", "pylock.a-b.toml"),
        ("file", "pylock.file.toml"),
    ],
)
def test_the_lock_of_a_script_lies_beside_it(script: str, lock: str) -> None:
    assert lock_path_of_script(script) == lock
    assert is_valid_pylock_path(Path(lock))
