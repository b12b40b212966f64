"""Every project has a place of its own, by its canonical root."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.project_place import Location, location_of, place_of
from zephyr.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_named_after_the_project_and_its_path(tmp_path: Path) -> None:
    place = place_of(str(tmp_path / "demo"), str(tmp_path / "data"))
    data = os.path.realpath(tmp_path / "data")

    assert place.identity.startswith("demo-")
    assert len(place.identity) == len("demo-") + 16
    assert place.environment == f"{data}/environments/{place.identity}/venv"
    assert place.link == f"{os.path.realpath(tmp_path)}/demo/.venv"


def test_another_spelling_is_the_same_place(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "link").symlink_to("demo")
    data = str(tmp_path / "data")

    assert place_of(f"{tmp_path}/link/", data) == place_of(str(tmp_path / "demo"), data)


def test_projects_of_one_name_have_two_places(tmp_path: Path) -> None:
    one, other = (place_of(str(tmp_path / folder / "demo"), str(tmp_path)) for folder in ("one", "other"))

    assert one.identity != other.identity


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("my project", "my-project"),
        ("größe", "gr-e"),
        ("日本", "project"),
        ("--", "project"),
        (".hidden", "hidden"),
        ("x" * 200, "x" * 32),
        ("line\nbreak", "line-break"),
    ],
)
def test_the_name_is_one_that_every_script_can_hold(tmp_path: Path, name: str, shown: str) -> None:
    assert place_of(str(tmp_path / name), str(tmp_path)).identity.rpartition("-")[0] == shown


def test_names_that_are_not_utf_8_have_a_place(tmp_path: Path) -> None:
    assert place_of(f"{tmp_path}/\udcff", str(tmp_path)).identity.startswith("project-")


@pytest.mark.parametrize(
    ("variable", "location"),
    [("HOME", Location.CENTRAL), ("CI", Location.PROJECT), ("container", Location.PROJECT)],
)
def test_in_ci_and_in_containers_it_is_the_project(tmp_path: Path, variable: str, location: Location) -> None:
    assert location_of(None, {variable: "1"}, str(tmp_path)) is location
    assert location_of(None, {variable: ""}, str(tmp_path)) is Location.CENTRAL


def test_a_false_ci_is_none(tmp_path: Path) -> None:
    assert location_of(None, {"CI": "False"}, str(tmp_path)) is Location.CENTRAL


@pytest.mark.parametrize("name", [".dockerenv", "run/.containerenv"])
def test_containers_are_known_by_their_files(tmp_path: Path, name: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / name).touch()

    assert location_of(None, {}, str(tmp_path)) is Location.PROJECT
    assert location_of("central", {}, str(tmp_path)) is Location.CENTRAL


def test_a_location_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        location_of("centre", {})

    assert caught.value.id == "environments-location-unknown"
