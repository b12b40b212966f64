"""What a killed command left in its private folder goes with the next command, whatever that does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.installed_world import InstalledWorld
from zephyr.install.filesystem import FileSystem
from zephyr.install.lock import exclusive
from zephyr.install.opening import recover_environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> InstalledWorld:
    """An environment in which a command was killed while it deleted what it had replaced."""
    world = InstalledWorld(tmp_path)
    world.install(world.wheel("demo"))
    world.put(".zephyr/transaction-7/trash/0/old.py", "")

    return world


def private(world: InstalledWorld) -> set[str]:
    return set(os.listdir(f"{world.root}/.zephyr"))


def test_a_command_that_only_reads_deletes_it(world: InstalledWorld) -> None:
    assert not recover_environment(world.destination)
    assert private(world) == {"lock", "state"}


def test_it_stays_while_somebody_works_there(world: InstalledWorld) -> None:
    with exclusive(f"{world.root}/.zephyr/lock", FileSystem(), timeout=0):
        assert not recover_environment(world.destination)
        assert "transaction-7" in private(world)


def test_it_goes_when_a_change_is_undone(world: InstalledWorld) -> None:
    def stop(operation: str, path: str) -> None:
        if path.endswith("journal-finished"):
            os._exit(9)

    before = world.snapshot()

    if (child := os.fork()) == 0:
        world.change((), ["demo"], filesystem=FileSystem(stop))

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert private(world) > {"lock", "journal-arriving"}
    assert recover_environment(world.destination)
    assert private(world) == {"lock", "state"}
    assert world.snapshot() == before


def test_a_folder_that_cannot_be_read_is_no_failure(world: InstalledWorld) -> None:
    os.rename(f"{world.root}/.zephyr", f"{world.root}/elsewhere")
    world.put(".zephyr", "a file")

    assert not recover_environment(world.destination)
