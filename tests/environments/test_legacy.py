"""Egg-info files and folders, eggs and egg-links are distributions too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zephyr.environments.legacy import parse_requires, read_legacy

if TYPE_CHECKING:
    from pathlib import Path

PKG_INFO = "Metadata-Version: 1.1\nName: Demo\nVersion: 1.0\n"


def test_an_egg_info_file_is_its_own_metadata(tmp_path: Path) -> None:
    (tmp_path / "Demo-1.0.egg-info").write_text(PKG_INFO)
    found = read_legacy(str(tmp_path), "Demo-1.0.egg-info")

    assert found is not None
    assert (found.name, str(found.version), found.has_record) == ("demo", "1.0", False)


def test_an_egg_info_folder_tells_its_requirements(tmp_path: Path) -> None:
    folder = tmp_path / "Demo-1.0-py3.8.egg-info"
    folder.mkdir()
    (folder / "PKG-INFO").write_text(PKG_INFO)
    (folder / "requires.txt").write_text("dep>=2\n\n[test]\npytest\n")
    found = read_legacy(str(tmp_path), folder.name)

    assert found is not None
    assert found.requires == ("dep>=2", 'pytest ; extra == "test"')


def test_an_egg_holds_its_metadata_inside(tmp_path: Path) -> None:
    (tmp_path / "Demo-1.0-py3.8.egg" / "EGG-INFO").mkdir(parents=True)
    (tmp_path / "Demo-1.0-py3.8.egg" / "EGG-INFO" / "PKG-INFO").write_text(PKG_INFO)
    found = read_legacy(str(tmp_path), "Demo-1.0-py3.8.egg")

    assert found is not None
    assert found.display_name == "Demo"


def test_a_zipped_egg_is_known_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "Demo-1.0-py3.8.egg").write_bytes(b"PK")
    found = read_legacy(str(tmp_path), "Demo-1.0-py3.8.egg")

    assert found is not None
    assert (found.display_name, str(found.version)) == ("Demo", "1.0")


def test_an_egg_link_is_an_editable_install(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "Demo.egg-info").mkdir(parents=True)
    (project / "Demo.egg-info" / "PKG-INFO").write_text(PKG_INFO)
    (tmp_path / "Demo.egg-link").write_text(f"{project}\n.")
    found = read_legacy(str(tmp_path), "Demo.egg-link")

    assert found is not None
    assert found.is_editable
    assert str(found.version) == "1.0"


@pytest.mark.parametrize("text", ["", "/nowhere/at/all\n."])
def test_an_egg_link_that_leads_nowhere_is_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "Demo.egg-link").write_text(text)

    assert read_legacy(str(tmp_path), "Demo.egg-link") is None


def test_metadata_without_a_name_or_version_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "demo.egg-info").mkdir()

    assert read_legacy(str(tmp_path), "demo.egg-info") is None


def test_sections_of_requires_become_markers() -> None:
    lines = ["a", "[:python_version < '3']", "b", "[x]", "c>=1", "[y:os_name == 'nt']", "d", ""]

    assert parse_requires(lines) == (
        "a",
        "b ; (python_version < '3')",
        'c>=1 ; extra == "x"',
        "d ; (os_name == 'nt') and extra == \"y\"",
    )
