from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.installed_world import InstalledWorld
from zephyr.install.destination import Destination
from zephyr.install.errors import EnvironmentChangeError, PlanError
from zephyr.install.opening import recover_environment
from zephyr.install.private import private_folders
from zephyr.install.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> InstalledWorld:
    return InstalledWorld(tmp_path)


@pytest.fixture
def other_mount(tmp_path: Path) -> Iterator[str]:
    if not os.path.isdir("/dev/shm") or os.stat("/dev/shm").st_dev == os.stat(tmp_path).st_dev:
        pytest.skip("needs a second file system")

    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield folder


def moved(world: InstalledWorld, **folders: str) -> Destination:
    """Return the world's destination with other folders."""
    own = world.destination

    return Destination(own.root, {**own.folders, **folders}, own.executable, own.platform)


def test_folders_of_the_scheme_and_all_above_them_belong_to_nobody(world: InstalledWorld) -> None:
    bases = world.destination.bases()

    assert {world.root, f"{world.root}/lib", world.site, world.scripts} <= bases
    assert f"{world.site}/demo" not in bases


def test_one_private_folder_serves_one_mount(world: InstalledWorld) -> None:
    assert private_folders(world.destination).bases() == (f"{world.root}/.zephyr",)


def test_folders_on_another_mount_have_a_private_folder_there(
    world: InstalledWorld, other_mount: str
) -> None:
    world.destination = moved(world, scripts=other_mount)
    world.put("bin/untouched", "")

    plan = world.install(world.wheel("demo", "1.0", console_scripts=["demo = demo:main"]))

    assert plan.adds == ("demo",)
    assert sorted(os.listdir(other_mount)) == [".zephyr", "demo"]
    assert os.listdir(f"{other_mount}/.zephyr") == []
    world.install(world.wheel("demo", "2.0"))
    assert os.listdir(other_mount) == [".zephyr"]


def test_a_target_that_does_not_exist_yet_is_made(world: InstalledWorld) -> None:
    target = f"{world.folder}/new/target"
    folders = {"purelib": target, "platlib": target, "scripts": f"{target}/bin", "data": target}
    world.destination = Destination(
        target, {**folders, "headers": f"{target}/include"}, "/bin/python", "posix"
    )

    world.install(world.wheel("demo", files={"demo/a.py": ""}, console_scripts=["demo = demo:main"]))

    assert sorted(os.listdir(target)) == [".zephyr", "bin", "demo", "demo-1.0.dist-info"]


def test_nothing_of_zephyr_stays_in_a_plain_folder(world: InstalledWorld) -> None:
    world.destination = replace(world.destination, is_plain=True)
    world.install(world.wheel("demo", files={"demo/a.py": ""}))
    world.install(world.wheel("demo", "2.0", files={"demo/a.py": "x = 2"}))

    assert not os.path.exists(world.destination.state)


def test_what_was_displaced_in_a_plain_folder_is_kept_with_what_knows_of_it(world: InstalledWorld) -> None:
    world.destination = replace(world.destination, is_plain=True)
    world.install(world.wheel("one", files={"shared/a.py": "one"}))
    world.install(world.wheel("other", files={"shared/a.py": "other"}))

    assert sorted(os.listdir(world.destination.state)) == ["lock", "shadowed", "state"]


def test_a_linked_site_packages_is_followed_once(world: InstalledWorld) -> None:
    os.symlink(f"{world.root}/lib", f"{world.root}/lib64")
    linked = os.path.realpath(f"{world.root}/lib64/python3.12/site-packages")
    world.destination = moved(world, platlib=linked)

    world.install(world.wheel("demo", purelib=False, files={"demo/a.py": ""}))

    assert world.has("demo/a.py")
    assert os.path.islink(f"{world.root}/lib64")


def test_the_link_of_the_environment_is_not_moved_away(world: InstalledWorld) -> None:
    os.symlink("lib", f"{world.root}/lib64")

    with pytest.raises(PlanError) as caught:
        world.install(world.wheel("demo", files={"demo-1.0.data/data/lib64/x": ""}))

    assert caught.value.id == "path-conflict"
    assert os.path.islink(f"{world.root}/lib64")


def test_a_path_below_a_file_has_no_environment(world: InstalledWorld) -> None:
    world.put("file", "")
    nowhere = world.destination_at(f"{world.root}/file/environment")

    with pytest.raises(EnvironmentChangeError), Transaction.begin(nowhere, world.cache):
        pytest.fail("began")


def test_nothing_is_pending_in_an_untouched_environment(world: InstalledWorld) -> None:
    assert not recover_environment(world.destination)
    assert not os.path.exists(f"{world.root}/.zephyr")
