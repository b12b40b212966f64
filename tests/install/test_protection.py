from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from tests.support.installed_world import InstalledWorld
from zephyr.install.contents import Contents
from zephyr.install.errors import PlanError
from zephyr.install.files import Content
from zephyr.install.plan import PlanOptions
from zephyr.install.protection import refuse_protected

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> InstalledWorld:
    return InstalledWorld(tmp_path)


def holding(world: InstalledWorld, path: str) -> Contents:
    """Return a distribution with one file at ``path`` of the environment."""
    content = Content("data", path, f"{world.root}/{path}", data=b"")

    return Contents(world.wheel("demo"), (), (content,), f"{world.site}/demo-1.0.dist-info")


@pytest.mark.parametrize(
    "path",
    [
        "pyvenv.cfg",
        "PyVenv.cfg",
        "lib64",
        ".zephyr/journal",
        ".zephyr-saved/1/x",
        *(
            f"bin/{name}"
            for name in ("python", "python3", "python3.12", "python3.13t", "Python.exe", "pypy3")
        ),
        *(f"bin/{name}" for name in ("activate", "activate.fish", "Activate.ps1", "deactivate.bat")),
        "bin/activate_this.py",
    ],
)
def test_a_path_of_the_environment_is_refused(world: InstalledWorld, path: str) -> None:
    with pytest.raises(PlanError) as caught:
        refuse_protected([holding(world, path)], world.destination)

    assert caught.value.id == "protected-path"


@pytest.mark.parametrize(
    "path", ["bin/python-config", "bin/pythonista", "bin/activate-it", "share/python", "lib65"]
)
def test_names_that_only_look_like_it_are_fine(world: InstalledWorld, path: str) -> None:
    refuse_protected([holding(world, path)], world.destination)


def test_what_zephyr_runs_on_is_not_changed(world: InstalledWorld) -> None:
    protected = PlanOptions(protected={canonicalize_name("httpx")})
    before = world.snapshot()

    with pytest.raises(PlanError) as caught:
        world.install(world.wheel("httpx"), options=protected)

    assert caught.value.id == "self-change"
    assert world.snapshot() == before
