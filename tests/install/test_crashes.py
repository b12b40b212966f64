"""A real SIGKILL after every single step of one commit that adds, replaces and removes packages.

The child prepares nothing: the environment before is copied for each step. Recovery runs in another
process than the one that died.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import tempfile
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.installed_world import InstalledWorld, UnsyncedFileSystem, snapshot
from zephyr.install import journal
from zephyr.install.errors import EnvironmentChangeError, RecoveryPending
from zephyr.install.filesystem import nothing
from zephyr.install.opening import locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zephyr.install.contents import Incoming

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")


class Sweep:
    """One prepared commit that can be started again and again from the same state."""

    def __init__(self, folder: Path) -> None:
        self.world = InstalledWorld(folder)
        self.outside = folder / "outside.txt"
        self.outside.write_text("untouched")
        self._install_what_is_there_before()
        self.incoming = self._what_comes()
        self.before = self.world.snapshot()
        self._kept = f"{self.world.root}-before"
        shutil.copytree(self.world.root, self._kept, symlinks=True)
        self.steps = self._count()
        self.after = self.world.snapshot()

    def _install_what_is_there_before(self) -> None:
        world = self.world
        world.install(
            world.wheel(
                "replaced",
                "1.0",
                files={
                    "replaced/__init__.py": "old\n",
                    "replaced/inner/a.py": "old\n",
                    "replaced-1.0.data/scripts/replaced-tool": "#!python\nold\n",
                    "replaced-1.0.data/data/share/replaced/old.txt": "old\n",
                },
                console_scripts=["replaced = replaced:main"],
            ),
            world.wheel(
                "removed", files={"removed/__init__.py": "", "space/removed.py": "", "single.py": "1\n"}
            ),
            world.wheel("first", files={"shared.py": "first\n", "space/first.py": "", "first.py": ""}),
            world.wheel("winner", files={"shared.py": "winner\n", "winner.py": ""}),
        )
        world.put_in_site("replaced/__pycache__/__init__.cpython-312.pyc", "compiled")
        world.put_in_site("__pycache__/single.cpython-312.pyc", "compiled")
        world.put_in_site("removed/mine.txt", "mine")
        world.put_in_site("mine.py", "mine")
        world.put_in_site("added.py", "in the way")
        os.unlink(f"{world.site}/single.py")
        world.put_in_site("single.py", "2, edited by a user\n")
        os.chmod(f"{world.site}/replaced/inner", 0o777)  # more than the usual umask lets through

    def _what_comes(self) -> list[Incoming]:
        world = self.world

        return [
            world.wheel(
                "replaced",
                "2.0",
                files={
                    "replaced/__init__.py": "new\n",
                    "replaced/other/b.py": "new\n",
                    "replaced-2.0.data/scripts/replaced-tool": "#!python\nnew\n",
                    "replaced-2.0.data/data/share/replaced/new.txt": "new\n",
                    "replaced-2.0.data/headers/replaced.h": "int x;",
                },
                console_scripts=["replaced = replaced:main", "replaced-more = replaced:more"],
            ),
            world.wheel("added", files={"added.py": "", "space/added/x.py": "", "both.py": "added\n"}),
            world.wheel("also", files={"also/__init__.py": "", "both.py": "also\n", "first.py": "taken\n"}),
        ]

    def commit(self, before: Callable[[str, str], None], *, refuse_folders: bool = False) -> None:
        """Run the whole change."""
        filesystem = UnsyncedFileSystem(before, refuse_folders=refuse_folders)
        self.world.change(self.incoming, ["removed", "winner"], filesystem=filesystem)

    def reset(self) -> None:
        """Bring the environment back to what it was."""
        shutil.rmtree(self.world.root)
        shutil.copytree(self._kept, self.world.root, symlinks=True)

    def _count(self, *, refuse_folders: bool = False) -> int:
        steps: list[str] = []
        self.commit(lambda operation, _path: steps.append(operation), refuse_folders=refuse_folders)

        return len(steps)

    def count(self, *, refuse_folders: bool) -> int:
        """Return the number of steps of the change."""
        self.reset()

        return self._count(refuse_folders=refuse_folders)

    def recover(self, before: Callable[[str, str], None] = nothing, *, refuse_folders: bool = False) -> None:
        """Do what the next command does first."""
        filesystem = UnsyncedFileSystem(before, refuse_folders=refuse_folders)

        with locked(self.world.destination, filesystem, timeout=1.0):
            pass

    def check(self, *, finished: bool | None = None) -> None:
        """Assert that the environment is as before or as after and nothing is under way."""
        found = snapshot(self.world.root)
        expected = (
            [self.before, self.after] if finished is None else [self.after if finished else self.before]
        )
        differences = [sorted(set(found.items()) ^ set(each.items()))[:6] for each in expected]
        assert found in expected, differences
        assert not journal.is_pending(self.world.destination.state)
        assert self.outside.read_text() == "untouched"


def kill_at(step: int) -> Callable[[str, str], None]:
    """Return a watcher that kills its process as the given step, counted from 0, begins."""
    remaining = [step]

    def watch(_operation: str, _path: str) -> None:
        if remaining[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

        remaining[0] -= 1

    return watch


def fail_for_good(step: int) -> Callable[[str, str], None]:
    """Return a watcher with which nothing but deleting works any more from the given step on."""
    seen = [0]

    def watch(operation: str, path: str) -> None:
        seen[0] += 1

        if seen[0] > step and operation not in {"unlink", "remove-folder"}:
            raise OSError(errno.EIO, os.strerror(errno.EIO), path)

    return watch


def fail_from(step: int, number: int, *, once: bool) -> Callable[[str, str], None]:
    """Return a watcher that fails the given step; unless ``once``, all later ones that need space too."""
    seen = [0]
    needing_space = {"write", "link", "make-folder", "overwrite"}

    def watch(operation: str, path: str) -> None:
        seen[0] += 1

        if seen[0] - 1 == step or (not once and seen[0] - 1 > step and operation in needing_space):
            raise OSError(number, os.strerror(number), path)

    return watch


def in_child(work: Callable[[], None]) -> int:
    """Run ``work`` in a forked process; return its exit status as `os.waitpid` gives it."""
    child = os.fork()

    if child == 0:
        status = 1

        try:
            work()
            status = 0
        except Exception:  # noqa: BLE001 - it must not reach the parent's frames
            traceback.print_exc()
        finally:
            os._exit(status)

    return os.waitpid(child, 0)[1]


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sweep]:
    if os.path.isdir("/dev/shm"):  # in memory: the environment is copied some hundred times
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            yield Sweep(Path(folder))
    else:
        yield Sweep(tmp_path_factory.mktemp("crashes"))


@pytest.mark.parametrize("refuse_folders", [False, True], ids=["renaming folders", "file by file"])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_kill_at_any_step_leaves_before_or_after(sweep: Sweep, refuse_folders: bool) -> None:
    steps = sweep.count(refuse_folders=refuse_folders)
    assert steps > 100

    for step in range(steps + 1):
        sweep.reset()
        status = in_child(partial(sweep.commit, kill_at(step), refuse_folders=refuse_folders))
        assert os.WIFSIGNALED(status) == (step < steps), step

        assert in_child(partial(sweep.recover, refuse_folders=refuse_folders)) == 0, step
        sweep.check()
        sweep.recover(refuse_folders=refuse_folders)
        sweep.check()


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_an_error_at_any_step_is_undone_at_once(sweep: Sweep, number: int) -> None:
    undone = 0

    for step in range(sweep.steps):
        sweep.reset()

        reason: str | None = None

        try:
            sweep.commit(fail_from(step, number, once=number == errno.EIO))
        except EnvironmentChangeError as error:
            reason = error.id

        sweep.check(finished=reason is None)
        undone += reason == {errno.EIO: "environment-io", errno.ENOSPC: "disk-full"}[number]

    assert undone > 80


@pytest.mark.parametrize("refuse_folders", [False, True], ids=["renaming folders", "file by file"])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_recovery_may_be_killed_as_well(sweep: Sweep, refuse_folders: bool) -> None:
    steps = sweep.count(refuse_folders=refuse_folders)

    for step in range(steps - 5, 0, -7):
        sweep.reset()
        in_child(partial(sweep.commit, kill_at(step), refuse_folders=refuse_folders))

        for recovering in range(0, 400, 3):
            status = in_child(partial(sweep.recover, kill_at(recovering), refuse_folders=refuse_folders))

            if status == 0:
                break

        sweep.check()


def test_what_cannot_be_undone_at_once_is_undone_by_the_next_command(sweep: Sweep) -> None:
    pending = 0

    for step in range(sweep.steps):
        sweep.reset()

        try:
            sweep.commit(fail_for_good(step))
        except RecoveryPending:
            pending += 1
        except EnvironmentChangeError:
            pass

        sweep.recover()
        sweep.check()

    assert pending > 20
