"""Metadata without building: believed where the standards allow it, refused where it lies (T13, B08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from zephyr_workers.project_folder import NoProject
from zephyr_workers.source_errors import InvalidSource
from zephyr_workers.sources import SourceTree
from zephyr_workers.static_metadata import static_metadata

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = '[project]\nname = "project"\nversion = "1.0"\n'


def source(folder: Path, pyproject: str = "", pkg_info: str | None = None) -> SourceTree:
    (folder / "pyproject.toml").write_text(pyproject)

    if pkg_info is not None:
        (folder / "PKG-INFO").write_text(pkg_info)

    name = canonicalize_name("project")

    return SourceTree(str(folder), "0" * 64, "project-1.0.tar.gz", name, Version("1.0"))


def pkg_info(*lines: str, name: str = "project", version: str = "1.0", form: str = "2.2") -> str:
    return "\n".join([f"Metadata-Version: {form}", f"Name: {name}", f"Version: {version}", *lines, ""])


def test_pkg_info_is_believed(tmp_path: Path) -> None:
    text = pkg_info("Requires-Dist: a>1", "Dynamic: Classifier")

    assert static_metadata(source(tmp_path, pkg_info=text)) == text.encode()


@pytest.mark.parametrize("text", [pkg_info(form="2.1"), pkg_info("Dynamic: requires-dist")])
def test_an_old_or_dynamic_pkg_info_is_not_believed(tmp_path: Path, text: str) -> None:
    assert static_metadata(source(tmp_path, pkg_info=text)) is None


def test_a_static_project_table_becomes_metadata(tmp_path: Path) -> None:
    more = (
        'requires-python = ">=3.8"\ndependencies = ["a>1"]\n[project.optional-dependencies]\n'
        """X_y = ["b; os_name == 'nt' or os_name == 'posix'"]\n"""
    )

    assert (static_metadata(source(tmp_path, PROJECT + more)) or b"").decode().splitlines() == [
        "Metadata-Version: 2.3",
        "Name: project",
        "Version: 1.0",
        "Requires-Python: >=3.8",
        "Requires-Dist: a>1",
        "Provides-Extra: x-y",
        'Requires-Dist: b; (os_name == "nt" or os_name == "posix") and extra == "x-y"',
        "",
    ]


@pytest.mark.parametrize("field", ["dependencies", "version", "requires-python", "optional-dependencies"])
def test_a_field_that_is_also_dynamic_is_not_static(tmp_path: Path, field: str) -> None:
    assert static_metadata(source(tmp_path, f'{PROJECT}dynamic = ["{field}"]\n')) is None


@pytest.mark.parametrize(
    ("pyproject", "text"),
    [
        ("", pkg_info(name="other", form="1.0")),
        ("", pkg_info(version="2.0")),
        (PROJECT.replace('"project"', '"other"'), None),
        (PROJECT.replace("1.0", "2.0"), None),
    ],
)
def test_another_name_or_version_is_refused(tmp_path: Path, pyproject: str, text: str | None) -> None:
    with pytest.raises(InvalidSource) as caught:
        static_metadata(source(tmp_path, pyproject, text))

    assert caught.value.id == "source-metadata-mismatch"


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    tree = source(tmp_path)
    (tmp_path / "pyproject.toml").unlink()

    with pytest.raises(NoProject):
        static_metadata(tree)


def test_bad_toml_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="line 2"):
        static_metadata(source(tmp_path, "a = 1\nb = ]\n"))
