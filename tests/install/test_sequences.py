"""Any sequence of installs and removals leaves what a model of a few lines says."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.installed_world import InstalledWorld
from zephyr.install import journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zephyr.install.contents import Incoming

NAMES: tuple[str, ...] = ("aa", "bb", "cc")
CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("aa", "1.0"): ("aa/x.py", "aa/in/y.py", "ns/aa.py", "shared.py", "ns/deep/both.py"),
    ("aa", "2.0"): ("aa/x.py", "aa/other/z.py", "ns/deep/both.py"),
    ("aa", "3.0"): ("aa.py", "shared.py", "bb/extra.py"),
    ("bb", "1.0"): ("bb/x.py", "shared.py", "ns/bb/x.py"),
    ("bb", "2.0"): ("bb/x.py", "bb/in/y.py", "ns/deep/both.py", "shared.py"),
    ("bb", "3.0"): ("bb.py",),
    ("cc", "1.0"): ("cc.py", "shared.py", "ns/deep/both.py", "bb/extra.py"),
    ("cc", "2.0"): ("ns/cc.py", "aa/in/y.py"),
    ("cc", "3.0"): ("cc/in/deep/x.py", "shared.py"),
}

STEP = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["1.0", "2.0", "3.0", "remove"]), min_size=1)


class Model:
    """Who owns each path, in order; the last owner's file is in place."""

    def __init__(self) -> None:
        self.versions: dict[str, str] = {}
        self.owners: dict[str, list[str]] = {}

    def change(self, step: dict[str, str]) -> None:
        """Remove everything that is named, then install in the order of names."""
        for owners in self.owners.values():
            owners[:] = [owner for owner in owners if owner not in step]

        for name, version in sorted(step.items()):
            self.versions.pop(name, None)

            if version != "remove":
                self.versions[name] = version

                for path in CHOICES[name, version]:
                    self.owners.setdefault(path, []).append(name)

    def files(self) -> dict[str, str]:
        """Return path and contents of everything installed."""
        return {
            path: f"{owners[-1]} {self.versions[owners[-1]]} {path}\n"
            for path, owners in self.owners.items()
            if owners
        }


@pytest.fixture(scope="module")
def world() -> Iterator[InstalledWorld]:
    shared_memory = "/dev/shm" if os.path.isdir("/dev/shm") else None

    with tempfile.TemporaryDirectory(dir=shared_memory) as folder:
        yield InstalledWorld(Path(folder))


@pytest.fixture(scope="module")
def wheels(world: InstalledWorld) -> dict[tuple[str, str], Incoming]:
    return {
        (name, version): world.wheel(
            name, version, files={path: f"{name} {version} {path}\n" for path in paths}
        )
        for (name, version), paths in CHOICES.items()
    }


def installed_files(world: InstalledWorld) -> dict[str, str]:
    """Return what is in site-packages, without metadata; empty folders count as files without text."""
    found: dict[str, str] = {}

    for parent, folders, names in os.walk(world.site):
        folders[:] = [folder for folder in folders if not folder.endswith(".dist-info")]
        relative = parent[len(world.site) + 1 :]

        for name in names:
            path = f"{relative}/{name}".lstrip("/")
            found[path] = world.read(path)

        if relative and not folders and not names:
            found[relative] = "an empty folder"

    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=6))
def test_any_sequence_leaves_what_the_model_says(
    world: InstalledWorld, wheels: dict[tuple[str, str], Incoming], steps: list[dict[str, str]]
) -> None:
    shutil.rmtree(world.root)
    os.makedirs(world.site)
    os.makedirs(world.scripts)
    model = Model()

    for step in [*steps, dict.fromkeys(NAMES, "remove")]:
        model.change(step)
        incoming = [wheels[choice] for choice in step.items() if choice in wheels]
        report = world.change(incoming, [name for name, version in step.items() if version == "remove"])

        assert installed_files(world) == model.files()
        assert {str(each.name): str(each.version) for each in world.installed()} == model.versions
        assert report.plan.saved == ()
        assert not journal.is_pending(world.destination.state)

    shadowed = f"{world.root}/.zephyr/shadowed"
    assert not os.path.isdir(shadowed) or os.listdir(shadowed) == []
