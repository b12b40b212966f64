from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.installed_world import InstalledWorld, UnsyncedFileSystem
from zephyr.install.errors import DamagedTree, EnvironmentChangeError, PlanError
from zephyr.install.filesystem import FileSystem
from zephyr.install.operations import Make
from zephyr.install.plan import PlanOptions
from zephyr.install.preflight import preflight

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> InstalledWorld:
    return InstalledWorld(tmp_path)


def test_a_wheel_is_installed_with_its_scripts_data_and_records(world: InstalledWorld) -> None:
    plan = world.install(
        world.wheel(
            "demo",
            files={
                "demo/__init__.py": "x = 1\n",
                "demo/inner/a.py": "",
                "demo-1.0.data/scripts/tool": "#!python\nprint()\n",
                "demo-1.0.data/data/share/demo/note.txt": "hi",
                "demo-1.0.data/headers/demo.h": "int x;",
            },
            console_scripts=["demo = demo:main"],
            requested=True,
        )
    )

    assert plan.adds == ("demo",)
    assert world.read("demo/__init__.py") == "x = 1\n"
    assert world.read("demo-1.0.dist-info/INSTALLER") == "zephyr\n"
    assert world.has("demo-1.0.dist-info/REQUESTED")
    assert os.stat(f"{world.scripts}/tool").st_mode & 0o777 == 0o755
    assert os.path.exists(f"{world.root}/include/site/python3.12/demo/demo.h")
    record = world.read("demo-1.0.dist-info/RECORD").splitlines()
    assert [row.partition(",")[0] for row in record] == sorted(
        [
            "../../../bin/demo",
            "../../../bin/tool",
            "../../../include/site/python3.12/demo/demo.h",
            "../../../share/demo/note.txt",
            "demo-1.0.dist-info/INSTALLER",
            "demo-1.0.dist-info/METADATA",
            "demo-1.0.dist-info/RECORD",
            "demo-1.0.dist-info/REQUESTED",
            "demo-1.0.dist-info/WHEEL",
            "demo-1.0.dist-info/entry_points.txt",
            "demo/__init__.py",
            "demo/inner/a.py",
        ]
    )


@pytest.mark.parametrize("kept", ["", "lib", "lib/python3.12", "include", "include/site"])
def test_folders_of_the_scheme_may_be_missing_in_part(world: InstalledWorld, kept: str) -> None:
    shutil.rmtree(f"{world.root}/lib")
    os.makedirs(f"{world.root}/{kept}", exist_ok=True)

    world.install(
        world.wheel("one", files={"one.py": "", "one-1.0.data/headers/one.h": ""}),
        world.wheel("two", files={"two.py": "", "two-1.0.data/headers/two.h": ""}),
    )

    assert world.has("one.py")
    assert world.has("two.py")
    assert os.listdir(f"{world.root}/include/site/python3.12/two") == ["two.h"]


def test_a_folder_that_appears_where_one_is_to_be_made_stays(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        preflight([Make(str(tmp_path))])


def test_install_then_uninstall_leaves_the_environment_as_it_was(world: InstalledWorld) -> None:
    world.put_in_site("users.py", "mine = True\n")
    before = world.snapshot()
    world.install(
        world.wheel("demo", files={"demo/a.py": "", "demo-1.0.data/data/share/demo/note.txt": "hi"}),
        world.wheel("six", files={"six.py": "import sys\n"}),
    )

    world.uninstall("demo", "six")

    after = world.snapshot()
    after.pop("include", None)
    assert {path for path in after if path not in before} == set()
    assert all(after[path] == entry for path, entry in before.items())


def test_a_package_is_replaced_by_one_rename_each_way(world: InstalledWorld) -> None:
    world.install(world.wheel("demo", "1.0", files={f"demo/m{n}.py": f"n = {n}\n" for n in range(30)}))

    report = world.change([world.wheel("demo", "2.0", files={"demo/m0.py": "n = 100\n"})])

    assert report.plan.replacements == ("demo",)
    assert world.read("demo/m0.py") == "n = 100\n"
    assert not world.has("demo/m1.py")
    assert not world.has("demo-1.0.dist-info")
    assert report.renames == 6  # package and dist-info out and in, the state out and in


def test_bytecode_of_a_removed_top_level_module_goes_with_it(world: InstalledWorld) -> None:
    world.install(world.wheel("six", files={"six.py": ""}))
    world.put_in_site("__pycache__/six.cpython-312.pyc", "old")
    world.put_in_site("__pycache__/six.cpython-312.opt-1.pyc", "old")
    world.put_in_site("__pycache__/sixty.cpython-312.pyc", "other")

    world.uninstall("six")

    assert os.listdir(f"{world.site}/__pycache__") == ["sixty.cpython-312.pyc"]


def test_bytecode_of_a_removed_package_goes_with_it(world: InstalledWorld) -> None:
    world.install(world.wheel("demo", files={"demo/a.py": "", "demo/b/c.py": ""}))
    world.put_in_site("demo/__pycache__/a.cpython-312.pyc", "")
    world.put_in_site("demo/__pycache__/gone.cpython-311.pyc", "")
    world.put_in_site("demo/b/__pycache__/c.cpython-312.pyc", "")

    world.uninstall("demo")

    assert not world.has("demo")


def test_a_file_that_a_user_added_to_a_package_stays(world: InstalledWorld) -> None:
    world.install(world.wheel("demo", files={"demo/a.py": ""}))
    world.put_in_site("demo/notes.txt", "mine")

    world.uninstall("demo")

    assert world.read("demo/notes.txt") == "mine"
    assert not world.has("demo/a.py")


def test_a_file_that_a_user_edited_is_kept(world: InstalledWorld) -> None:
    world.install(world.wheel("demo", files={"demo/a.py": "x = 1\n", "demo/b.py": ""}))
    os.unlink(f"{world.site}/demo/a.py")
    world.put_in_site("demo/a.py", "x = 2\n")

    plan = world.uninstall("demo")

    ((path, kept),) = plan.saved
    assert path == f"{world.site}/demo/a.py"
    with open(kept, encoding="utf-8") as file:
        assert file.read() == "x = 2\n"
    assert not world.has("demo")


def test_a_foreign_file_in_the_way_is_moved_and_reported(world: InstalledWorld) -> None:
    world.put_in_site("demo/a.py", "mine")

    plan = world.install(world.wheel("demo", files={"demo/a.py": "theirs"}))

    ((_, kept),) = plan.saved
    with open(kept, encoding="utf-8") as file:
        assert file.read() == "mine"
    assert world.read("demo/a.py") == "theirs"


def test_a_foreign_file_where_a_folder_is_needed_is_moved(world: InstalledWorld) -> None:
    world.put_in_site("demo", "mine")

    plan = world.install(world.wheel("demo", files={"demo/a.py": ""}))

    assert len(plan.saved) == 1
    assert world.has("demo/a.py")


def test_two_distributions_share_a_namespace_folder(world: InstalledWorld) -> None:
    world.install(
        world.wheel("ns-a", files={"ns/a/x.py": ""}),
        world.wheel("ns-b", files={"ns/b/x.py": ""}),
    )

    world.uninstall("ns-a")
    assert world.has("ns/b/x.py")
    assert not world.has("ns/a")

    world.uninstall("ns-b")
    assert not world.has("ns")


def test_the_last_of_two_owners_wins_and_the_survivor_returns(world: InstalledWorld) -> None:
    first = world.wheel("aaa", files={"shared.py": "first", "aaa.py": ""})
    second = world.wheel("bbb", files={"shared.py": "second", "bbb.py": ""})

    plan = world.install(first, second)

    (collision,) = plan.collisions
    assert collision.owners == ("aaa", "bbb")
    assert world.read("shared.py") == "second"

    world.uninstall("bbb")
    assert world.read("shared.py") == "first"

    world.uninstall("aaa")
    assert not world.has("shared.py")
    assert os.listdir(f"{world.root}/.zephyr/shadowed") == []


def test_dependencies_come_before_the_alphabet_in_a_collision(world: InstalledWorld) -> None:
    world.install(
        world.wheel("aaa", files={"shared.py": "first"}, depends=["bbb"]),
        world.wheel("bbb", files={"shared.py": "second"}),
    )

    assert world.read("shared.py") == "first"


def test_removing_the_loser_leaves_the_winner_alone(world: InstalledWorld) -> None:
    world.install(
        world.wheel("aaa", files={"shared.py": "first"}), world.wheel("bbb", files={"shared.py": "2"})
    )

    world.uninstall("aaa")
    assert world.read("shared.py") == "2"

    world.uninstall("bbb")
    assert not world.has("shared.py")


def test_a_later_install_displaces_an_installed_file_and_gives_it_back(world: InstalledWorld) -> None:
    world.install(world.wheel("bbb", files={"pkg/shared.py": "first", "pkg/own.py": ""}))
    world.install(world.wheel("aaa", files={"pkg/shared.py": "second"}))
    assert world.read("pkg/shared.py") == "second"

    world.uninstall("aaa")

    assert world.read("pkg/shared.py") == "first"
    world.uninstall("bbb")
    assert not world.has("pkg")


def test_collisions_can_be_refused(world: InstalledWorld) -> None:
    before = world.snapshot()

    with pytest.raises(PlanError) as caught:
        world.install(
            world.wheel("aaa", files={"shared.py": "first"}),
            world.wheel("bbb", files={"shared.py": "2"}),
            options=PlanOptions(refuse_collisions=True),
        )

    assert caught.value.id == "collision"
    assert world.snapshot() == before


def test_what_belongs_to_the_environment_cannot_be_taken(world: InstalledWorld) -> None:
    before = world.snapshot()

    with pytest.raises(PlanError) as caught:
        world.install(world.wheel("demo", files={"demo-1.0.data/data/.zephyr/state": "evil"}))

    assert caught.value.id == "protected-path"
    assert world.snapshot() == before


def test_a_cached_file_that_was_changed_is_refused(world: InstalledWorld) -> None:
    incoming = world.wheel("demo", files={"demo/a.py": "x = 1\n"})
    path = f"{incoming.wheel.tree.path}/purelib/demo/a.py"
    os.chmod(path, 0o644)
    with open(path, "w", encoding="utf-8") as file:
        file.write("x = 6\n")

    with pytest.raises(DamagedTree) as caught:
        world.install(incoming)

    assert caught.value.digest == incoming.wheel.sha256


def test_real_syncs_work(world: InstalledWorld) -> None:
    world.install(world.wheel("demo"), filesystem=FileSystem())

    assert world.has("demo/__init__.py")


@pytest.mark.parametrize("number", [5, 13, 28])
def test_an_error_undoes_everything_at_once(world: InstalledWorld, number: int) -> None:
    world.install(world.wheel("demo", "1.0"))
    before = world.snapshot()

    def fail(operation: str, path: str) -> None:
        if operation in {"rename-folder", "rename"} and "demo-2.0.dist-info" in path:
            raise OSError(number, os.strerror(number), path)

    with pytest.raises(EnvironmentChangeError) as caught:
        world.install(world.wheel("demo", "2.0"), filesystem=UnsyncedFileSystem(fail))

    assert caught.value.id == {28: "disk-full", 13: "environment-unwritable"}.get(number, "environment-io")
    assert world.snapshot() == before
    assert not os.path.exists(f"{world.root}/.zephyr/journal")


def test_an_interrupt_undoes_everything_at_once(world: InstalledWorld) -> None:
    world.install(world.wheel("demo", "1.0"))
    before = world.snapshot()

    def interrupt(operation: str, path: str) -> None:
        if "journal-finished" in path and operation == "rename":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.install(world.wheel("demo", "2.0"), filesystem=UnsyncedFileSystem(interrupt))

    assert world.snapshot() == before
