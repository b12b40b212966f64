from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.installed_world import InstalledWorld
from zephyr.install.contents import Contents, Incoming, contents_of
from zephyr.install.files import Linked
from zephyr.install.fresh import Fresh, fresh_folders
from zephyr.install.sorted_paths import folders_above
from zephyr.install.survey import list_folder
from zephyr_cache import Section, Tree, TreeFile
from zephyr_workers.wheel import UnpackedWheel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> InstalledWorld:
    return InstalledWorld(tmp_path)


def parted(world: InstalledWorld, *incoming: Incoming, touched: Iterable[str] = ()) -> Fresh:
    contents = [contents_of(each, world.destination) for each in incoming]

    return fresh_folders(contents, world.destination.bases(), {*touched}, list_folder)


def trees(world: InstalledWorld, fresh: Fresh) -> set[str]:
    """Return what arrives whole, below site-packages."""
    return {path.removeprefix(f"{world.site}/") for path in fresh.trees}


def rest(world: InstalledWorld, fresh: Fresh) -> set[str]:
    return {one.final.removeprefix(f"{world.site}/") for each in fresh.rest for one in each.single}


def test_new_folders_of_one_distribution_arrive_whole(world: InstalledWorld) -> None:
    wheel = world.wheel("demo", files={"demo/a.py": "", "demo/in/b.py": "", "single.py": ""})

    fresh = parted(world, wheel)

    assert trees(world, fresh) == {"demo", "demo-1.0.dist-info"}
    assert rest(world, fresh) == {"single.py"}
    assert fresh.parents == {world.site}


def test_a_new_folder_of_several_is_made_and_looked_into(world: InstalledWorld) -> None:
    one = world.wheel("one", files={"ns/one/a.py": "", "ns/in/deep/a.py": "", "ns/same.py": ""})
    two = world.wheel("two", files={"ns/two/a.py": "", "ns/in/deeper/a.py": "", "ns/same.py": ""})

    fresh = parted(world, one, two)

    assert [path.removeprefix(f"{world.site}/") for path in fresh.folders] == ["ns", "ns/in"]
    assert trees(world, fresh) >= {"ns/one", "ns/two", "ns/in/deep", "ns/in/deeper"}
    assert rest(world, fresh) == {"ns/same.py"}


def test_a_folder_that_is_there_is_looked_into(world: InstalledWorld) -> None:
    world.put_in_site("ns/mine.py", "")

    fresh = parted(world, world.wheel("demo", files={"ns/a.py": "", "ns/in/b.py": ""}))

    assert trees(world, fresh) == {"ns/in", "demo-1.0.dist-info"}
    assert rest(world, fresh) == {"ns/a.py"}


def test_a_folder_in_which_something_leaves_is_left_to_the_plan(world: InstalledWorld) -> None:
    world.put_in_site("ns/old.py", "")
    wheel = world.wheel("demo", files={"ns/in/b.py": "", "gone/c.py": ""})

    fresh = parted(world, wheel, touched=[f"{world.site}/ns", f"{world.site}/gone", world.site])

    assert trees(world, fresh) == {"demo-1.0.dist-info"}
    assert rest(world, fresh) == {"ns/in/b.py", "gone/c.py"}


def test_a_name_of_a_file_here_and_a_folder_there_is_left_to_the_plan(world: InstalledWorld) -> None:
    world.put_in_site("there", "a file")
    one = world.wheel("one", files={"x": "", "there/a.py": ""})
    two = world.wheel("two", files={"x/a.py": ""})

    assert rest(world, parted(world, one, two)) == {"x", "x/a.py", "there/a.py"}


def test_a_link_to_a_folder_is_not_looked_into(world: InstalledWorld) -> None:
    elsewhere = world.put("elsewhere/mine.py", "").rpartition("/")[0]
    os.symlink(elsewhere, f"{world.site}/ns")
    wheel = world.wheel("demo", files={"ns/in/b.py": ""})

    assert rest(world, parted(world, wheel)) == {"ns/in/b.py"}
    world.install(wheel)
    assert os.listdir(elsewhere) == ["mine.py"]


def test_what_two_sections_of_one_distribution_put_into_a_folder_is_not_moved_as_one(
    world: InstalledWorld,
) -> None:
    site = "lib/python3.12/site-packages"
    wheel = world.wheel("demo", files={"demo/a.py": "", f"demo-1.0.data/data/{site}/demo/b.py": ""})

    fresh = parted(world, wheel)

    assert trees(world, fresh) == {"demo-1.0.dist-info"}
    assert rest(world, fresh) == {"demo/a.py", "demo/b.py"}


def test_the_folders_of_the_scheme_are_never_moved(world: InstalledWorld) -> None:
    fresh = parted(world, world.wheel("demo", files={"demo-1.0.data/data/bin/tool": "", "demo.py": ""}))

    assert trees(world, fresh) == {"demo-1.0.dist-info"}
    assert rest(world, fresh) == {"demo.py", f"{world.scripts}/tool"}


SITE = "/e/site"
paths = st.sets(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map("/".join), max_size=6)


def is_possible(files: set[str]) -> bool:
    """Tell whether no path is a file and a folder at once."""
    return not any(other.startswith(f"{path}/") for path in files for other in files)


def bringing(name: str, files: set[str]) -> Contents:
    """Return a distribution of exactly these files in site-packages, on no disk."""
    columns = Section.of([TreeFile("purelib", path, "0" * 64, 0, 0, executable=False) for path in files])
    wheel = UnpackedWheel(
        display_name=name,
        version=Version("1"),
        filename="",
        dist_info="",
        root_is_purelib=True,
        tree=Tree("", "", "", {}, {}),
    )

    return Contents(Incoming(wheel), (Linked("purelib", SITE, "", columns),), (), "")


@given(
    st.dictionaries(st.sampled_from(["one", "two", "three"]), paths.filter(is_possible), max_size=3),
    paths.filter(is_possible),
)
def test_every_file_arrives_with_one_tree_or_is_left_to_the_plan(
    brought: dict[str, set[str]], there: set[str]
) -> None:
    folders: dict[str, dict[str, bool]] = {SITE: {}}

    for path in there:
        for step in (f"{SITE}/{path}", *folders_above(f"{SITE}/{path}")):
            parent, _, name = step.rpartition("/")
            folders.setdefault(parent, {})[name] = step != f"{SITE}/{path}"

    incoming = [bringing(name, files) for name, files in brought.items()]
    fresh = fresh_folders(incoming, {"/e", SITE}, frozenset(), folders.get)
    left = {(each.name, one.final) for each in fresh.rest for one in each.single}
    every = {(canonicalize_name(name), f"{SITE}/{path}") for name, files in brought.items() for path in files}

    for folder, (owner, _) in fresh.trees.items():
        inside = {(name, path) for name, path in every if path.startswith(f"{folder}/")}
        assert {name for name, _ in inside} == {owner}
        assert folder not in folders
        assert folder.rpartition("/")[0] in {*folders, *fresh.folders}
        assert inside.isdisjoint(left)
        left |= inside

    assert left == every
