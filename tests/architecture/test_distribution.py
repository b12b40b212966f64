"""The wheel that users get holds all three packages, and nothing else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "zephyr": "zephyr",
    "workers/zephyr_workers": "zephyr_workers",
    "cache/zephyr_cache": "zephyr_cache",
}


@pytest.fixture(scope="module")
def built_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    from hatchling.builders.wheel import WheelBuilder

    folder = tmp_path_factory.mktemp("dist")
    (artifact,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])

    with zipfile.ZipFile(artifact) as archive:
        return set(archive.namelist())


def test_the_top_level_is_three_packages(built_names: set[str]) -> None:
    top = {name.split("/")[0] for name in built_names}

    assert {name for name in top if not name.endswith(".dist-info")} == {
        "zephyr",
        "zephyr_workers",
        "zephyr_cache",
    }


def test_every_source_file_is_in_the_wheel(built_names: set[str]) -> None:
    for folder, package in PACKAGES.items():
        for path in (ROOT / folder).rglob("*"):
            wanted = path.suffix in {".py", ".typed", ".md"} and path.name != "README.md"

            if wanted and "__pycache__" not in path.parts:
                assert f"{package}/{path.relative_to(ROOT / folder).as_posix()}" in built_names


def test_what_is_for_readers_of_the_repository_stays_there(built_names: set[str]) -> None:
    assert not any(name.endswith("README.md") for name in built_names)


def test_there_is_one_command(built_names: set[str]) -> None:
    assert any(name.endswith(".dist-info/entry_points.txt") for name in built_names)
