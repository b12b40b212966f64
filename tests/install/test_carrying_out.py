"""A prepared change is carried out again where all is as it was, and otherwise not at all."""

from __future__ import annotations

import marshal
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.installed_world import InstalledWorld, UnsyncedFileSystem
from zephyr.install.carrying_out import NotAsBefore, carry_out
from zephyr.install.errors import EnvironmentChangeError
from zephyr.install.owned import owned_files
from zephyr.install.plan import make_plan
from zephyr.install.prepared import Prepared, prepared
from zephyr.install.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from zephyr.install.contents import Incoming


class Rehearsal:
    """A change that has been made once, of an environment that has been made anew since."""

    def __init__(self, folder: Path) -> None:
        self.world = InstalledWorld(folder)
        self.incoming = [
            self.world.wheel(
                "demo",
                files={
                    "demo/__init__.py": "x = 1\n",
                    "demo/inner/a.py": "",
                    "demo.py": "",
                    "space/demo.py": "",
                    "demo-1.0.data/data/share/demo.txt": "data\n",
                    "demo-1.0.data/scripts/old-demo": "#!python\nold\n",
                },
                console_scripts=["demo = demo:main"],
                requested=True,
            ),
            self.world.wheel("other", files={"other/__init__.py": "", "space/other.py": "", "demo.py": ""}),
        ]
        self.fresh = f"{self.world.root}-fresh"
        shutil.copytree(self.world.root, self.fresh, symlinks=True)
        self.change = self.prepared(self.incoming)
        self.after = self.world.snapshot()
        self.begin_again()
        self.before = self.world.snapshot()

    def prepared(self, incoming: list[Incoming]) -> Prepared:
        """Make the change, and return it as it is read back from where it was kept."""
        world = self.world

        with Transaction.begin(world.destination, world.cache, filesystem=world.filesystem) as transaction:
            contents = [transaction.stage(one) for one in incoming]
            situation = transaction.observe(contents, [], [])
            plan = make_plan(contents, [], situation)
            transaction.commit(plan)
            change = prepared(plan, contents, transaction.staged, situation, transaction.journaled)

        assert change is not None
        values = change.as_values()

        return Prepared.from_values(marshal.loads(marshal.dumps(values)))

    def begin_again(self) -> None:
        """Make the environment anew."""
        shutil.rmtree(self.world.root)
        shutil.copytree(self.fresh, self.world.root, symlinks=True)

    def carry_out(self, is_as_before: bool = True, filesystem: UnsyncedFileSystem | None = None) -> None:
        """Make the change again."""
        filesystem = filesystem or UnsyncedFileSystem()
        carry_out(self.change, self.world.cache, None, lambda _private: is_as_before, filesystem)


@pytest.fixture
def rehearsal(tmp_path: Path) -> Rehearsal:
    return Rehearsal(tmp_path)


def test_it_does_to_an_environment_made_anew_what_was_done_before(rehearsal: Rehearsal) -> None:
    rehearsal.carry_out()

    assert rehearsal.world.snapshot() == rehearsal.after
    assert sorted(os.listdir(f"{rehearsal.world.root}/.zephyr")) == ["lock", "shadowed", "state"]


def test_what_it_installs_can_be_removed_like_anything_else(rehearsal: Rehearsal) -> None:
    rehearsal.carry_out()
    rehearsal.world.uninstall("demo", "other")

    assert rehearsal.world.snapshot() == rehearsal.before


def test_the_cache_knows_what_the_environment_uses_then(rehearsal: Rehearsal) -> None:
    rehearsal.carry_out()
    used = rehearsal.world.cache.registered()[rehearsal.world.destination.root]

    assert used == {one.wheel.sha256 for one in rehearsal.incoming}


def edited(rehearsal: Rehearsal) -> None:
    path = f"{rehearsal.incoming[1].wheel.tree.path}/purelib/other/__init__.py"

    with open(path, "a", encoding="utf-8") as file:
        file.write("# edited\n")


def touched(rehearsal: Rehearsal) -> None:
    os.utime(f"{rehearsal.incoming[1].wheel.tree.path}/purelib/other/__init__.py", (0, 0))


def made_executable(rehearsal: Rehearsal) -> None:
    os.chmod(f"{rehearsal.incoming[0].wheel.tree.path}/purelib/demo.py", 0o755)


def evicted(rehearsal: Rehearsal) -> None:
    rehearsal.world.cache.evict(rehearsal.incoming[0].wheel.sha256)


def in_the_way(rehearsal: Rehearsal) -> None:
    rehearsal.world.put_in_site("demo.py", "a user's\n")


def beside_it(rehearsal: Rehearsal) -> None:
    rehearsal.world.put_in_site("mine.py", "a user's\n")


def changed_by_zephyr(rehearsal: Rehearsal) -> None:
    rehearsal.world.install(rehearsal.world.wheel("third"))
    rehearsal.world.uninstall("third")
    rehearsal.world.put("bin/tool", "a user's\n")


@pytest.mark.parametrize(
    "happens", [edited, touched, made_executable, evicted, in_the_way, beside_it, changed_by_zephyr]
)
def test_nothing_is_done_where_a_cached_file_or_the_environment_is_another_one(
    rehearsal: Rehearsal, happens: Callable[[Rehearsal], None]
) -> None:
    happens(rehearsal)
    before = rehearsal.world.snapshot()

    with pytest.raises(NotAsBefore):
        rehearsal.carry_out()

    assert rehearsal.world.snapshot() == before


def test_nothing_is_done_where_what_the_change_rests_on_is_another_thing(rehearsal: Rehearsal) -> None:
    with pytest.raises(NotAsBefore):
        rehearsal.carry_out(is_as_before=False)

    assert rehearsal.world.snapshot() == rehearsal.before


def test_a_failure_at_any_step_leaves_the_environment_as_it_was(rehearsal: Rehearsal) -> None:
    steps: list[str] = []
    rehearsal.carry_out(filesystem=UnsyncedFileSystem(lambda operation, _path: steps.append(operation)))
    last = len(steps) - steps[::-1].index("rename")

    for failing in range(1, last, 3):
        rehearsal.begin_again()

        with pytest.raises((OSError, EnvironmentChangeError)):
            rehearsal.carry_out(filesystem=UnsyncedFileSystem(_failing_at(failing)))

        assert rehearsal.world.snapshot() == rehearsal.before


def _failing_at(step: int) -> Callable[[str, str], None]:
    left = [step]

    def before(_operation: str, path: str) -> None:
        left[0] -= 1

        if left[0] == 0:
            raise OSError(5, "Input/output error", path)

    return before


def test_a_change_in_which_something_leaves_is_not_prepared(tmp_path: Path) -> None:
    world = InstalledWorld(tmp_path)
    world.install(world.wheel("demo", "1.0"))
    newer = world.wheel("demo", "2.0")

    with Transaction.begin(world.destination, world.cache, filesystem=world.filesystem) as transaction:
        contents = [transaction.stage(newer)]
        leaving = [owned_files(one, world.destination, replaced=True) for one in world.installed()]
        situation = transaction.observe(contents, leaving, [])

        plan = make_plan(contents, leaving, situation)

        assert prepared(plan, contents, transaction.staged, situation, b"") is None


def test_a_change_of_an_environment_with_a_state_is_not_prepared(tmp_path: Path) -> None:
    world = InstalledWorld(tmp_path)
    world.install(world.wheel("first"))

    with Transaction.begin(world.destination, world.cache, filesystem=world.filesystem) as transaction:
        contents = [transaction.stage(world.wheel("demo"))]
        situation = transaction.observe(contents, [], list(world.installed()))
        plan = make_plan(contents, [], situation)

        assert prepared(plan, contents, transaction.staged, situation, b"") is None
