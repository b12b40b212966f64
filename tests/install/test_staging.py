from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.installed_world import InstalledWorld
from zephyr.install.errors import DamagedTree, EnvironmentChangeError
from zephyr.install.linking import linker_for
from zephyr.install.opening import TransactionOptions
from zephyr.install.plan import make_plan
from zephyr.install.preflight import preflight, refuse_without_room
from zephyr.install.transaction import Transaction
from zephyr_cache.link import Linker, LinkMode

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> InstalledWorld:
    return InstalledWorld(tmp_path)


def test_wheels_are_staged_by_several_threads(world: InstalledWorld) -> None:
    incoming = [
        world.wheel(f"demo{n}", files={f"demo{n}/a.py": "", f"demo{n}/b/c.py": ""}) for n in range(12)
    ]

    with Transaction.begin(world.destination, world.cache, filesystem=world.filesystem) as transaction:
        with ThreadPoolExecutor(4) as threads:
            contents = list(threads.map(transaction.stage, incoming))

        transaction.commit(make_plan(contents, [], transaction.observe(contents, [], [])))

    assert len(world.installed()) == 12


@pytest.mark.parametrize("mode", [LinkMode.HARDLINK, LinkMode.COPY])
def test_files_are_linked_or_copied_as_asked(world: InstalledWorld, mode: LinkMode) -> None:
    options = TransactionOptions(link_mode=mode)

    world.install(world.wheel("demo", files={"demo/a.py": "x"}), transaction_options=options)

    links = os.stat(f"{world.site}/demo/a.py").st_nlink
    assert (links > 1) == (mode is LinkMode.HARDLINK)


def test_the_best_mode_is_found_once_and_remembered(world: InstalledWorld) -> None:
    first = linker_for(world.cache, world.root).mode
    kept = os.listdir(world.root)

    assert linker_for(world.cache, world.root).mode is first
    assert os.listdir(world.root) == kept


def test_a_wheel_can_be_staged_again_after_its_tree_was_healed(world: InstalledWorld) -> None:
    incoming = world.wheel("demo", files={"demo/a.py": "x = 1\n"})
    path = f"{incoming.wheel.tree.path}/purelib/demo/a.py"

    with Transaction.begin(world.destination, world.cache, filesystem=world.filesystem) as transaction:
        os.rename(path, f"{path}.away")

        with pytest.raises(DamagedTree):
            transaction.stage(incoming)

        os.rename(f"{path}.away", path)
        contents = [transaction.stage(incoming)]
        transaction.commit(make_plan(contents, [], transaction.observe(contents, [], [])))

    assert world.has("demo/a.py")


def test_a_tree_that_goes_while_it_is_linked_is_damage_too(world: InstalledWorld) -> None:
    incoming = world.wheel("demo", files={"demo/a.py": "", "demo/b.py": ""})
    world.filesystem = type(world.filesystem)(
        lambda operation, path: world.cache.evict(incoming.wheel.sha256) if path.endswith("b.py") else None
    )

    with pytest.raises(DamagedTree):
        world.install(incoming)


def test_room_for_copies_is_looked_for_first(world: InstalledWorld) -> None:
    incoming = world.wheel("demo")

    with Transaction.begin(world.destination, world.cache, filesystem=world.filesystem) as transaction:
        transaction.stage(incoming)
        huge = replace(transaction.staged["demo"], size=1 << 60)
        refuse_without_room(huge, Linker(LinkMode.HARDLINK))

        with pytest.raises(OSError, match="bytes are needed") as caught:
            refuse_without_room(huge, Linker(LinkMode.COPY))

    assert caught.value.errno == errno.ENOSPC


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_found_before_anything_changes(world: InstalledWorld) -> None:
    world.install(world.wheel("demo"))
    before = world.snapshot()
    os.chmod(world.site, 0o555)

    try:
        with pytest.raises(EnvironmentChangeError) as caught:
            world.uninstall("demo")
    finally:
        os.chmod(world.site, 0o755)

    assert caught.value.id == "environment-unwritable"
    assert world.snapshot() == before


def test_the_preflight_looks_at_every_folder(world: InstalledWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    plan = world.install(world.wheel("demo", files={"demo/a.py": ""}, console_scripts=["demo = demo:main"]))

    def access(path: str, _mode: int) -> bool:
        asked.append(path)

        return True

    monkeypatch.setattr(os, "access", access)

    preflight(plan.arrivals)

    assert asked == [world.scripts, world.site]
