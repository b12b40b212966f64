"""What is installed is read in full; what is broken is told, never raised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from zephyr.environments.installed import Defect, read_installed

if TYPE_CHECKING:
    from pathlib import Path


class SitePackages:
    """A folder to install into: ``site.dist_info("demo", "1.0", INSTALLER="zephyr")``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def dist_info(self, name: str, version: str, headers: str = "", **files: str | None) -> Path:
        path = self.folder / f"{name}-{version}.dist-info"
        path.mkdir()
        metadata = (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{headers}\nDescription: not a header\n"
        )
        contents = {"METADATA": metadata, "RECORD": "", **files}

        for file, text in contents.items():
            if text is not None:
                (path / file.replace("direct_url", "direct_url.json")).write_text(text)

        return path

    def read(self) -> tuple[list[tuple[str, str]], list[Defect]]:
        found = read_installed([str(self.folder)])

        return (
            [(each.name, str(each.version)) for each in found.distributions],
            [each.defect for each in found.findings],
        )


@pytest.fixture
def site(tmp_path: Path) -> SitePackages:
    return SitePackages(tmp_path / "site")


def test_a_distribution_is_read_in_full(site: SitePackages) -> None:
    direct_url = {"url": "file:///src", "dir_info": {"editable": True}}
    site.dist_info(
        "Demo.Package",
        "1.0rc1",
        "Requires-Python: >=3.8\nRequires-Dist: dep>=2\nRequires-Dist: other; extra == 'x'\n",
        INSTALLER="zephyr\n",
        REQUESTED="",
        direct_url=json.dumps(direct_url),
    )
    (found,) = read_installed([str(site.folder)]).distributions

    assert found.name == "demo-package"
    assert found.display_name == "Demo.Package"
    assert found.version == Version("1.0rc1")
    assert found.location == str(site.folder)
    assert found.metadata_folder == "Demo.Package-1.0rc1.dist-info"
    assert found.installer == "zephyr"
    assert found.requested
    assert found.direct_url == direct_url
    assert found.is_editable
    assert found.requires == ("dep>=2", "other; extra == 'x'")
    assert found.requires_python == ">=3.8"
    assert found.has_record


def test_distributions_come_sorted_by_name_and_folders_only_once(site: SitePackages, tmp_path: Path) -> None:
    for name in ("zeta", "Alpha", "midway"):
        site.dist_info(name, "1")

    (tmp_path / "same").symlink_to(site.folder)
    found = read_installed([str(site.folder), str(tmp_path / "same")])

    assert [each.name for each in found.distributions] == ["alpha", "midway", "zeta"]


def test_two_folders_are_read_together(tmp_path: Path) -> None:
    SitePackages(tmp_path / "pure").dist_info("demo", "1")
    SitePackages(tmp_path / "plat").dist_info("native", "2")
    found = read_installed([str(tmp_path / "pure"), str(tmp_path / "plat")])

    assert [each.name for each in found.distributions] == ["demo", "native"]
    assert found.get("native") is found.distributions[1]
    assert found.get("absent") is None


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    assert read_installed([str(tmp_path / "absent")]).distributions == ()


def test_without_metadata_the_folder_speaks(site: SitePackages) -> None:
    site.dist_info("demo", "1.0", METADATA=None)

    assert site.read() == ([("demo", "1.0")], [Defect.NO_METADATA])


def test_empty_metadata_is_no_failure(site: SitePackages) -> None:
    site.dist_info("demo", "1.0", METADATA="")

    assert site.read() == ([("demo", "1.0")], [])


def test_without_record_it_is_told(site: SitePackages) -> None:
    site.dist_info("demo", "1.0", RECORD=None)
    found = read_installed([str(site.folder)])

    assert [each.defect for each in found.findings] == [Defect.NO_RECORD]
    assert not found.distributions[0].has_record


@pytest.mark.parametrize(
    "metadata",
    ["Name: demo\nVersion: not a version\n", "Name: ../escape\nVersion: 1\n", "Name: ;\nVersion: 1\n"],
)
def test_a_name_or_version_that_is_none_is_told(site: SitePackages, metadata: str) -> None:
    site.dist_info("demo", "1", METADATA=metadata)

    assert site.read() == ([], [Defect.INVALID_METADATA])


def test_of_two_of_a_name_the_newer_counts(site: SitePackages) -> None:
    site.dist_info("demo", "1.9")
    site.dist_info("demo", "1.10")

    assert site.read() == ([("demo", "1.10")], [Defect.DUPLICATE])


def test_of_two_of_a_name_the_complete_one_counts(site: SitePackages) -> None:
    site.dist_info("demo", "1")
    site.dist_info("demo", "2", RECORD=None)

    assert site.read() == ([("demo", "1")], [Defect.NO_RECORD, Defect.DUPLICATE])


def test_leftovers_of_pip_are_told(site: SitePackages) -> None:
    (site.folder / "~emo").mkdir()
    (site.folder / "~emo-1.0.dist-info").mkdir()

    assert site.read() == ([], [Defect.LEFTOVER, Defect.LEFTOVER])


def test_a_file_called_dist_info_is_told(site: SitePackages) -> None:
    (site.folder / "demo-1.0.dist-info").write_text("a file")

    assert site.read() == ([], [Defect.UNREADABLE])


def test_an_empty_dist_info_is_told(site: SitePackages) -> None:
    (site.folder / "demo-1.0.dist-info").mkdir()

    assert site.read() == ([("demo", "1.0")], [Defect.NO_METADATA, Defect.NO_RECORD])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 1}', "[" * 100_000])
def test_a_direct_url_that_is_none_is_told(site: SitePackages, text: str) -> None:
    site.dist_info("demo", "1", direct_url=text)

    assert site.read() == ([("demo", "1")], [Defect.INVALID_METADATA])


def test_a_direct_url_of_odd_form_is_no_editable(site: SitePackages) -> None:
    site.dist_info("demo", "1", direct_url='{"url": "file:///x", "dir_info": {}}')

    assert not read_installed([str(site.folder)]).distributions[0].is_editable


def test_legacy_installs_are_seen_and_give_way(site: SitePackages) -> None:
    (site.folder / "old-1.0-py3.8.egg-info").write_text("Name: old\nVersion: 1.0\n")
    (site.folder / "demo-9.egg-info").mkdir()
    (site.folder / "demo-9.egg-info" / "PKG-INFO").write_text("Name: demo\nVersion: 9\n")
    site.dist_info("demo", "1")

    assert site.read() == ([("demo", "1"), ("old", "1.0")], [Defect.DUPLICATE])
