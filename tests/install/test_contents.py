from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.installed_world import InstalledWorld
from zephyr.install.contents import Incoming, contents_of
from zephyr_cache import TreeFile

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr_cache import Tree


@pytest.fixture
def world(tmp_path: Path) -> InstalledWorld:
    return InstalledWorld(tmp_path)


def compiled(world: InstalledWorld, incoming: Incoming, path: str) -> Tree:
    """Publish a bytecode tree with one file beside the wheel's tree."""
    with world.cache.staging() as folder:
        target = world.folder / folder / "purelib" / path
        target.parent.mkdir(parents=True)
        target.write_bytes(b"compiled")
        file = TreeFile("purelib", path, "0" * 64, 8, target.stat().st_mtime_ns, False)

        return world.cache.publish(folder, incoming.wheel.sha256, [file], {}, variant="cpython-312")


def test_bytecode_is_linked_and_recorded_without_a_hash(world: InstalledWorld) -> None:
    incoming = world.wheel("demo", files={"demo/a.py": ""})
    path = "demo/__pycache__/a.cpython-312.pyc"

    world.install(Incoming(incoming.wheel, bytecode=compiled(world, incoming, path)))

    assert world.read(path) == "compiled"
    assert f"{path},,\n" in world.read("demo-1.0.dist-info/RECORD")
    world.uninstall("demo")
    assert not world.has("demo")


def test_stale_bytecode_makes_way_for_new(world: InstalledWorld) -> None:
    world.put_in_site("__pycache__/six.cpython-312.pyc", "stale")
    incoming = world.wheel("six", files={"six.py": ""})

    plan = world.install(
        Incoming(incoming.wheel, bytecode=compiled(world, incoming, "__pycache__/six.cpython-312.pyc"))
    )

    assert world.read("__pycache__/six.cpython-312.pyc") == "compiled"
    assert plan.saved == ()


def test_a_direct_reference_is_written_down(world: InstalledWorld) -> None:
    incoming = world.wheel("demo")
    document = {"url": "https://files.example/demo.whl", "archive_info": dict[str, str]()}

    world.install(Incoming(incoming.wheel, direct_url=document))

    assert json.loads(world.read("demo-1.0.dist-info/direct_url.json")) == document
    (found,) = world.installed()
    assert found.direct_url == document
    assert found.installer == "zephyr"
    assert not found.requested


def test_an_entry_point_takes_the_place_of_the_wheels_own_script(world: InstalledWorld) -> None:
    incoming = world.wheel(
        "demo",
        files={"demo.py": "", "demo-1.0.data/scripts/tool": "#!python\nold"},
        console_scripts=["tool = demo:main"],
    )

    files = [each for each in contents_of(incoming, world.destination).files if each.path == "tool"]

    assert len(files) == 1
    assert b"from demo import main" in (files[0].data or b"")


def test_purelib_and_platlib_share_a_section_where_they_are_one_folder(world: InstalledWorld) -> None:
    incoming = world.wheel(
        "demo", purelib=False, files={"demo/a.py": "", "demo-1.0.data/purelib/demo/b.py": ""}
    )

    sections = {each.section for each in contents_of(incoming, world.destination).files}

    assert sections == {"purelib"}
    assert world.change([incoming]).renames == 3
