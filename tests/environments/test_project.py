"""Which environment a project has follows from what is at its ``.venv``."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.environments.test_project_record import NOW
from zephyr.environments.creation import create_environment
from zephyr.environments.errors import EnvironmentOfAnotherProject
from zephyr.environments.project import Decision, Entry, Seen, decide, environment_behind, look
from zephyr.environments.project_place import Location, ProjectPlace, place_of
from zephyr.environments.project_record import recorded_use, write_record
from zephyr.environments.selection import Choice, select_environment

if TYPE_CHECKING:
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.interpreter import Interpreter

DEMO = ProjectPlace("/src/demo", "/data/environments/demo-1")
CENTRAL = "/data/environments/demo-1/venv"
OTHER = "/data/environments/other-2/venv"


@pytest.mark.parametrize(
    ("seen", "location", "decision"),
    [
        (Seen(Entry.REAL), Location.CENTRAL, Decision("/src/demo/.venv")),
        (Seen(Entry.REAL), Location.PROJECT, Decision("/src/demo/.venv")),
        (Seen(Entry.NOTHING), Location.CENTRAL, Decision(CENTRAL, is_central=True, link=True)),
        (Seen(Entry.NOTHING), Location.PROJECT, Decision("/src/demo/.venv")),
        (Seen(Entry.DANGLING, "/gone"), Location.CENTRAL, Decision(CENTRAL, is_central=True, link=True)),
        (Seen(Entry.DANGLING, "/gone"), Location.PROJECT, Decision("/src/demo/.venv", unlink=True)),
        (Seen(Entry.LINK, CENTRAL, "/src/demo"), Location.PROJECT, Decision(CENTRAL, is_central=True)),
        (Seen(Entry.LINK, CENTRAL), Location.CENTRAL, Decision(CENTRAL, is_central=True)),
        (Seen(Entry.LINK, "/old/demo-1/venv", "/src/demo"), Location.CENTRAL, Decision("/old/demo-1/venv")),
        (Seen(Entry.LINK, "/home/ann/env"), Location.CENTRAL, Decision("/src/demo/.venv")),
    ],
    ids=lambda value: str(value) if isinstance(value, Seen) else "",
)
def test_it_is_the_one_that_is_there_else_one_where_it_is_to_be(
    seen: Seen, location: Location, decision: Decision
) -> None:
    assert decide(DEMO, seen, location) == decision


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (Seen(Entry.LINK, OTHER, "/src/other"), "of the project in /src/other"),
        (Seen(Entry.LINK, OTHER), "of another project"),
        (Seen(Entry.LINK, "/elsewhere/venv", "/src/other"), "of the project in /src/other"),
    ],
)
def test_another_projects_is_refused_with_the_next_step(seen: Seen, words: str) -> None:
    with pytest.raises(EnvironmentOfAnotherProject) as caught:
        decide(DEMO, seen, Location.CENTRAL)

    assert caught.value.message == f"/src/demo/.venv leads to the environment {words}"
    assert caught.value.hint is not None
    assert "rm /src/demo/.venv" in caught.value.hint
    assert "zephyr sync" in caught.value.hint


def test_of_a_moved_project_that_is_said() -> None:
    with pytest.raises(EnvironmentOfAnotherProject) as caught:
        decide(DEMO, Seen(Entry.LINK, OTHER, "/old/demo", root_exists=False), Location.CENTRAL)

    assert caught.value.message.endswith(
        "of the project in /old/demo, which is no longer there: was the project moved?"
    )
    assert "The old one can be removed: /data/environments/other-2." in (caught.value.hint or "")


@pytest.fixture
def place(here: Surroundings, tmp_path: Path) -> ProjectPlace:
    return place_of(here.folder, str(tmp_path / "data"))


@pytest.fixture
def central(place: ProjectPlace, base: Interpreter, here: Surroundings) -> str:
    """A central environment with its record, and the link to it."""
    create_environment(place.environment, base, store=here.store)
    write_record(place.folder, recorded_use(None, place, base, None, NOW))
    Path(place.link).symlink_to(place.environment)

    return place.environment


def test_what_is_at_the_link_is_seen(place: ProjectPlace, tmp_path: Path) -> None:
    link = Path(place.link)
    assert look(place) == Seen(Entry.NOTHING)

    link.mkdir()
    assert look(place) == Seen(Entry.REAL)

    link.rmdir()
    link.touch()
    assert look(place) == Seen(Entry.REAL)

    link.unlink()
    link.symlink_to("gone")
    assert look(place) == Seen(Entry.DANGLING, f"{place.root}/gone")

    link.unlink()
    link.symlink_to(tmp_path)
    assert look(place) == Seen(Entry.LINK, os.path.realpath(tmp_path))


def test_a_link_to_itself_leads_nowhere(place: ProjectPlace) -> None:
    Path(place.link).symlink_to(".venv")

    assert look(place).entry is Entry.DANGLING


def test_a_record_says_whose_it_is(place: ProjectPlace, central: str) -> None:
    assert look(place) == Seen(Entry.LINK, central, place.root)


def test_and_whether_that_one_is_still_there(place: ProjectPlace, central: str, tmp_path: Path) -> None:
    os.rename(place.root, tmp_path / "moved")
    moved = place_of(str(tmp_path / "moved"), str(tmp_path / "data"))

    assert look(moved) == Seen(Entry.LINK, central, place.root, root_exists=False)


def test_a_record_of_something_else_beside_it_does_not_count(
    place: ProjectPlace, base: Interpreter, tmp_path: Path
) -> None:
    record = replace(recorded_use(None, place, base, None, NOW), path="/elsewhere")
    write_record(str(tmp_path), record)
    Path(place.link).symlink_to(tmp_path / "bin")

    assert look(place) == Seen(Entry.LINK, os.path.realpath(tmp_path / "bin"))


def at(here: Surroundings, tmp_path: Path, folder: str | None = None) -> Surroundings:
    environ = {**here.environ, "ZEPHYR_DATA_DIR": str(tmp_path / "data")}

    return replace(here, folder=folder or here.folder, environ=environ)


def test_an_install_finds_it_through_the_link_and_names_the_central_path(
    here: Surroundings, central: str, tmp_path: Path
) -> None:
    environment = select_environment(Choice(), at(here, tmp_path))

    assert environment.root == central
    assert environment.scheme.scripts == f"{central}/bin"


def test_a_copy_does_not_install_into_its_originals(here: Surroundings, central: str, tmp_path: Path) -> None:
    copy = shutil.copytree(here.folder, tmp_path / "home" / "copy", symlinks=True)

    with pytest.raises(EnvironmentOfAnotherProject) as caught:
        select_environment(Choice(), at(here, tmp_path, str(copy)))

    assert caught.value.id == "environment-of-another-project"


def test_a_users_own_link_stays_what_scripts_name(
    here: Surroundings, base: Interpreter, tmp_path: Path
) -> None:
    create_environment(str(tmp_path / "mine"), base, store=here.store)
    (Path(here.folder) / ".venv").symlink_to(tmp_path / "mine")

    assert environment_behind(f"{here.folder}/.venv", at(here, tmp_path).environ) == f"{here.folder}/.venv"
    assert select_environment(Choice(), at(here, tmp_path)).root == f"{here.folder}/.venv"
