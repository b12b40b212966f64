"""A project has one environment: found or made, reachable by a link, never replaced, never shared."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import this_interpreter
from tests.support.fake_pythons import FakePythons
from zephyr.environments.creation import create_environment
from zephyr.environments.errors import (
    EnvironmentBroken,
    EnvironmentOfAnotherProject,
    EnvironmentOfAnotherPython,
    EnvironmentOfAnotherUser,
    EnvironmentUnwritable,
    NotAnEnvironment,
    PythonUnsupported,
)
from zephyr.environments.surroundings import Surroundings
from zephyr.graph.events import Notice
from zephyr.pipeline.cache import CacheLocation
from zephyr.pipeline.project_environment import (
    ProjectChoice,
    described,
    existing_environment,
    project_environment,
)
from zephyr.pipeline.venv import VenvRequest, create_venv
from zephyr_cache import Cache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zephyr.graph.events import Event
    from zephyr.model.environment import Environment


@dataclass
class Projects:
    """Projects of one user with one data folder, and what was said about them."""

    folder: Path
    surroundings: Surroundings
    heard: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def add(self, name: str) -> Path:
        (self.folder / "home" / name).mkdir(parents=True)

        return self.folder / "home" / name

    def open(self, root: Path | str, requires: str | None = None, **choice: Any) -> Environment:
        return project_environment(str(root), self._choice(choice), requires, self.surroundings, self._listen)

    def find(self, root: Path | str, requires: str | None = None, **choice: Any) -> Environment | None:
        return existing_environment(
            str(root), self._choice(choice), requires, self.surroundings, self._listen
        )

    def set(self, **environ: str) -> None:
        self.surroundings = replace(self.surroundings, environ={**self.surroundings.environ, **environ})

    def record(self, root: Path) -> dict[str, Any]:
        folder = os.path.dirname(os.path.realpath(root / ".venv"))
        document: dict[str, Any] = json.loads(Path(folder, "environment.json").read_text(encoding="utf-8"))

        return document

    def _choice(self, choice: dict[str, Any]) -> ProjectChoice:
        settings: dict[str, Any] = {"location": "central", **choice}

        return ProjectChoice(**settings)

    def _listen(self, event: Event) -> None:
        assert isinstance(event, Notice)
        self.heard.append((event.level, event.text))


@pytest.fixture
def projects(tmp_path: Path) -> Iterator[Projects]:
    tmp_path = Path(os.path.realpath(tmp_path))
    environ = {
        "HOME": str(tmp_path / "home"),
        "PATH": os.path.dirname(this_interpreter().base_executable),
        "ZEPHYR_DATA_DIR": str(tmp_path / "data"),
    }

    with Cache.open(str(tmp_path / "cache")) as store:
        yield Projects(tmp_path, Surroundings(str(tmp_path), environ, store))


@pytest.fixture
def demo(projects: Projects) -> Path:
    return projects.add("demo")


def test_it_is_kept_in_the_data_folder_with_a_link_to_it(projects: Projects, demo: Path) -> None:
    environment = projects.open(demo)
    place = Path(environment.root).parent

    assert place.parent == projects.data / "environments"
    assert place.name.startswith("demo-")
    assert os.readlink(demo / ".venv") == environment.root
    assert sorted(os.listdir(demo)) == [".venv"]
    assert sorted(os.listdir(place)) == ["environment.json", "venv"]
    assert environment.scheme.scripts == f"{environment.root}/bin"
    assert projects.heard == [("info", f"Made {environment.root} with {described(environment.interpreter)}")]


def test_its_python_runs_there_and_its_prompt_is_the_projects_name(projects: Projects, demo: Path) -> None:
    environment = projects.open(demo)
    command = [environment.interpreter.executable, "-c", "import sys; print(sys.prefix)"]

    assert subprocess.check_output(command, text=True, timeout=30).strip() == environment.root
    assert "prompt = demo\n" in Path(environment.root, "pyvenv.cfg").read_text(encoding="utf-8")


def test_what_it_is_is_written_down(projects: Projects, demo: Path) -> None:
    environment = projects.open(demo, ">=3.9")
    record = projects.record(demo)
    interpreter = environment.interpreter

    assert record == {
        "format": 1,
        "identity": Path(environment.root).parent.name,
        "root": str(demo),
        "path": environment.root,
        "requested_python": ">=3.9",
        "python": interpreter.version,
        "interpreter": interpreter.base_executable,
        "created": record["used"],
        "used": record["used"],
    }


def test_the_next_command_finds_it_and_writes_nothing(projects: Projects, demo: Path) -> None:
    made = projects.open(demo)
    place = Path(made.root).parent
    before = {path: path.lstat().st_ino for path in (place, place / "environment.json", demo / ".venv")}
    projects.heard.clear()

    assert projects.open(demo) == made
    assert projects.find(demo) == made
    assert {path: path.lstat().st_ino for path in before} == before
    assert projects.heard == []


def test_looking_makes_nothing(projects: Projects, demo: Path) -> None:
    assert projects.find(demo) is None
    assert os.listdir(demo) == []
    assert not projects.data.exists()


@pytest.mark.parametrize("spelling", ["home/link", "home/demo/../demo/", "home/./demo/"])
def test_another_spelling_of_the_path_is_the_same_project(
    projects: Projects, demo: Path, spelling: str
) -> None:
    (projects.folder / "home" / "link").symlink_to("demo")

    assert projects.open(f"{projects.folder}/{spelling}") == projects.open(demo)
    assert projects.open(spelling) == projects.open(demo)
    assert len(os.listdir(projects.data / "environments")) == 1


def test_a_real_one_is_used_in_place(projects: Projects, demo: Path) -> None:
    create_environment(str(demo / ".venv"), this_interpreter())

    assert projects.open(demo).root == str(demo / ".venv")
    assert not projects.data.exists()


def test_in_the_project_it_is_a_folder(projects: Projects, demo: Path) -> None:
    assert projects.open(demo, location="project").root == str(demo / ".venv")
    assert not (demo / ".venv").is_symlink()
    assert not projects.data.exists()


def test_so_it_is_in_ci_unless_told_otherwise(projects: Projects, demo: Path) -> None:
    projects.set(CI="true")
    other = projects.add("other")

    assert projects.open(demo, location=None).root == str(demo / ".venv")
    assert projects.open(other, location="central").root.startswith(str(projects.data))


def test_where_it_is_already_it_stays(projects: Projects, demo: Path) -> None:
    central = projects.open(demo, location="central")
    other = projects.add("other")
    inside = projects.open(other, location="project")

    assert projects.open(demo, location="project") == central
    assert projects.open(other, location="central") == inside


def test_a_volume_that_is_mounted_empty_is_filled(projects: Projects, demo: Path) -> None:
    (demo / ".venv").mkdir()

    assert projects.open(demo).root == str(demo / ".venv")


@pytest.mark.parametrize("name", [".venv", ".venv/thesis.txt"])
def test_what_is_no_environment_is_left_alone(projects: Projects, demo: Path, name: str) -> None:
    (demo / name).parent.mkdir(exist_ok=True)
    (demo / name).write_text("years of work")

    with pytest.raises(NotAnEnvironment):
        projects.open(demo)

    assert (demo / name).read_text() == "years of work"


def test_a_copy_of_a_project_gets_its_own_once_the_link_is_gone(projects: Projects, demo: Path) -> None:
    original = projects.open(demo)
    copy = Path(shutil.copytree(demo, demo.parent / "copy", symlinks=True))

    for look in (projects.open, projects.find):
        with pytest.raises(EnvironmentOfAnotherProject) as caught:
            look(copy)

        assert str(demo) in caught.value.message
        assert f"rm {copy}/.venv" in (caught.value.hint or "")

    (copy / ".venv").unlink()

    assert projects.open(copy).root != original.root
    assert projects.open(demo) == original


def test_that_of_a_copy_is_not_replaced_through_the_link(projects: Projects, demo: Path) -> None:
    original = projects.open(demo)
    mark = Path(original.root, "mark")
    mark.touch()
    copy = Path(shutil.copytree(demo, demo.parent / "copy", symlinks=True))
    cache = CacheLocation(str(projects.folder / "cache"))
    request = VenvRequest(str(copy / ".venv"), cache=cache, clear=True)

    with pytest.raises(EnvironmentOfAnotherProject):
        create_venv(request, projects.surroundings.environ, lambda _: None)

    assert mark.exists()


def test_a_moved_project_is_told_what_to_do(projects: Projects, demo: Path) -> None:
    old = projects.open(demo)
    moved = demo.rename(demo.parent / "moved")

    with pytest.raises(EnvironmentOfAnotherProject) as caught:
        projects.open(moved)

    assert "was the project moved?" in caught.value.message
    assert str(Path(old.root).parent) in (caught.value.hint or "")


def test_a_project_in_the_place_of_another_has_its_environment(projects: Projects, demo: Path) -> None:
    made = projects.open(demo)
    shutil.rmtree(demo)
    demo.mkdir()

    assert projects.open(demo) == made
    assert os.readlink(demo / ".venv") == made.root


def test_a_link_that_leads_nowhere_is_mended(projects: Projects, demo: Path) -> None:
    (demo / ".venv").symlink_to("/gone")
    assert projects.find(demo) is None
    made = projects.open(demo)

    assert os.readlink(demo / ".venv") == made.root
    assert os.listdir(demo) == [".venv"]
    assert ("info", f"{demo}/.venv led nowhere: it leads to {made.root} now") in projects.heard


def test_what_it_led_to_is_made_again(projects: Projects, demo: Path) -> None:
    made = projects.open(demo)
    shutil.rmtree(projects.data)

    assert projects.find(demo) is None
    assert projects.open(demo) == made


def test_or_gives_way_to_a_folder(projects: Projects, demo: Path) -> None:
    (demo / ".venv").symlink_to("/gone")

    assert projects.open(demo, location="project").root == str(demo / ".venv")
    assert not (demo / ".venv").is_symlink()


def test_a_lost_record_is_written_again(projects: Projects, demo: Path) -> None:
    made = projects.open(demo)
    before = projects.record(demo)
    os.unlink(Path(made.root).parent / "environment.json")

    assert projects.open(demo) == made
    assert projects.record(demo)["root"] == before["root"]


def test_another_data_folder_does_not_lose_it(projects: Projects, demo: Path) -> None:
    made = projects.open(demo)
    projects.set(ZEPHYR_DATA_DIR=str(projects.folder / "other"))

    assert projects.open(demo) == made
    assert not (projects.folder / "other").exists()


def test_one_whose_python_is_gone_is_not_replaced(projects: Projects, demo: Path) -> None:
    made = projects.open(demo)
    python = Path(made.interpreter.executable)
    python.unlink()
    python.symlink_to("/gone/python3.11")

    with pytest.raises(EnvironmentBroken) as caught:
        projects.open(demo)

    assert f"zephyr venv create --clear {made.root}" in (caught.value.hint or "")


def test_replaced_on_request_it_stays_the_projects(projects: Projects, demo: Path) -> None:
    made = projects.open(demo)
    Path(made.root, "mark").touch()
    request = VenvRequest(
        str(demo / ".venv"), cache=CacheLocation(str(projects.folder / "cache")), clear=True
    )
    again = create_venv(request, projects.surroundings.environ, lambda _: None).environment

    assert again.root == made.root
    assert not Path(made.root, "mark").exists()
    assert os.readlink(demo / ".venv") == made.root
    assert projects.open(demo).root == made.root


def test_a_link_of_the_users_own_is_used(projects: Projects, demo: Path) -> None:
    create_environment(str(projects.folder / "mine"), this_interpreter())
    (demo / ".venv").symlink_to(projects.folder / "mine")

    assert projects.open(demo).root == str(demo / ".venv")
    assert not projects.data.exists()


def test_one_of_another_user_is_not_run(
    projects: Projects, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    projects.open(demo)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)

    with pytest.raises(EnvironmentOfAnotherUser) as caught:
        projects.open(demo)

    assert "--active" in (caught.value.hint or "")


@pytest.fixture
def pythons(projects: Projects) -> FakePythons:
    """Python 3.11 and 3.12, and no other."""
    pythons = FakePythons()
    projects.set(PATH=str(projects.folder / "bin"))

    for version in ("3.11", "3.12"):
        pythons.add(projects.folder / "bin" / f"python{version}", f"{version}.1")

    return pythons


@pytest.mark.usefixtures("pythons")
def test_it_is_made_with_the_python_that_is_asked_for(projects: Projects, demo: Path) -> None:
    other = projects.add("other")
    pinned = projects.add("pinned")
    (pinned / ".python-version").write_text("3.11\n")

    assert projects.open(demo, python="3.11").interpreter.version == "3.11.1"
    assert projects.open(other, "<3.12").interpreter.version == "3.11.1"
    assert projects.open(pinned).interpreter.version == "3.11.1"
    assert projects.open(projects.add("usual")).interpreter.version == "3.12.1"

    with pytest.raises(PythonUnsupported):
        projects.open(projects.add("new"), ">=3.12", python="3.11")


@pytest.mark.usefixtures("pythons")
def test_one_with_another_python_is_refused_and_stays(projects: Projects, demo: Path) -> None:
    made = projects.open(demo)

    for requires, python in ((None, "3.11"), ("<3.12", None)):
        with pytest.raises(EnvironmentOfAnotherPython) as caught:
            projects.open(demo, requires, python=python)

        assert f" {demo}/.venv (" in (caught.value.hint or "")

        with pytest.raises(EnvironmentOfAnotherPython):
            projects.find(demo, requires, python=python)

    assert projects.open(demo, python="3.12") == made


@pytest.mark.usefixtures("pythons")
def test_a_pin_that_it_does_not_follow_is_told(projects: Projects, demo: Path) -> None:
    made = projects.open(demo)
    (demo / ".python-version").write_text("3.11\n")
    projects.heard.clear()

    assert projects.open(demo) == made
    assert [level for level, _ in projects.heard] == ["warning"]
    assert "asks for 3.11" in projects.heard[0][1]


def test_the_active_one_is_used_only_when_asked_for(projects: Projects, demo: Path) -> None:
    active = create_environment(str(projects.folder / "active"), this_interpreter()).root
    own = projects.open(demo)
    projects.set(VIRTUAL_ENV=active)
    projects.heard.clear()

    assert projects.open(demo) == own
    told = f"VIRTUAL_ENV={active} is not the project's environment, {own.root}, and is ignored"
    assert projects.heard == [("warning", f"{told}: give --active to use it")]
    assert projects.open(demo, active=True).root == active
    assert len(projects.heard) == 1


def test_without_an_active_one_the_option_means_the_projects(projects: Projects, demo: Path) -> None:
    own = projects.open(demo)

    assert projects.open(demo, active=True) == own


def test_the_projects_own_is_active_by_either_name(projects: Projects, demo: Path) -> None:
    own = projects.open(demo)
    projects.heard.clear()

    for path in (own.root, str(demo / ".venv")):
        projects.set(VIRTUAL_ENV=path)
        assert projects.open(demo) == own

    assert projects.heard == []


@pytest.mark.usefixtures("pythons")
def test_the_active_one_must_have_the_python_too(projects: Projects, demo: Path) -> None:
    own = projects.open(demo)
    projects.set(VIRTUAL_ENV=own.root)

    with pytest.raises(EnvironmentOfAnotherPython):
        projects.open(projects.add("other"), "<3.12", active=True)


@pytest.mark.parametrize("location", ["central", "project"])
@pytest.mark.parametrize("dangling", [False, True])
def test_commands_at_once_make_one_environment(
    projects: Projects, demo: Path, location: str, dangling: bool
) -> None:
    if dangling:
        (demo / ".venv").symlink_to("/gone")

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(projects.open, demo, location=location) for _ in range(8)]

    found = [future.result() for future in futures]

    assert len({environment.root for environment in found}) == 1
    assert len([text for _, text in projects.heard if text.startswith("Made ")]) == 1
    assert not [text for level, text in projects.heard if level == "warning"]
    assert os.listdir(demo) == [".venv"]


def test_the_link_is_kept_out_of_git(projects: Projects, demo: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--template="], cwd=demo, check=True, timeout=30)
    projects.open(demo)

    assert (demo / ".git" / "info" / "exclude").read_text() == "/.venv\n"
    assert sorted(os.listdir(demo)) == [".git", ".venv"]


def test_without_a_link_it_is_as_good(
    projects: Projects, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("zephyr.environments.links.make_link", refuse)
        made = projects.open(demo)

    assert ("warning", f"{demo}/.venv cannot lead to {made.root}: Permission denied") in projects.heard
    assert projects.open(demo) == made
    assert os.readlink(demo / ".venv") == made.root


def test_a_data_folder_that_cannot_be_written_is_named(projects: Projects, demo: Path) -> None:
    projects.data.write_text("a file")

    with pytest.raises(EnvironmentUnwritable) as caught:
        projects.open(demo)

    assert "ZEPHYR_DATA_DIR" in (caught.value.hint or "")
    assert os.listdir(demo) == []
