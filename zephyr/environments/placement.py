"""Puts an environment where it belongs, in one step: staged beside its place and renamed in.

Where a rename cannot be (the place is a mount point, or the current folder) it is filled in place,
``pyvenv.cfg`` last: before that it is no environment.
"""

from __future__ import annotations

import errno
import os

from zephyr.environments.errors import EnvironmentExists
from zephyr.environments.layout import CONFIGURATION
from zephyr.environments.leftovers import Held, fresh_name, remove_tree

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Literal

    Place = Literal["free", "empty", "environment"]
    """What is where the environment is to be."""

UNMOVABLE = frozenset({errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS, errno.EINVAL})
"""What a rename answers for a mount point, the current folder of a process or a parent that is not ours."""


class Stage:
    """An empty folder beside ``root`` for the time of a block; what bears its name afterwards is removed.

    Where only ``root`` itself can be written (a volume, mounted empty) the folder is inside it.
    """

    __slots__ = ("_folder", "_held", "_root")

    def __init__(self, root: str) -> None:
        self._root = root

    def __enter__(self) -> str:
        self._folder = _fresh_folder(self._root)
        self._held = Held(self._folder)
        self._held.__enter__()

        return self._folder

    def __exit__(self, *exception: object) -> None:
        self._held.__exit__(*exception)

        if os.path.lexists(self._folder):
            remove_tree(self._folder)


def _fresh_folder(root: str) -> str:
    name = fresh_name(root)
    beside = os.path.join(os.path.dirname(root), name)

    try:
        os.makedirs(beside)
    except OSError:
        if not os.path.isdir(root):
            raise

        inside = os.path.join(root, name)
        os.mkdir(inside)

        return inside

    return beside


def put_in_place(stage: str, root: str, place: Place) -> None:
    """Make ``stage`` the folder ``root``; what was an environment there goes, all at once.

    Raises `EnvironmentExists` when somebody else has put something there meanwhile.
    """
    try:
        if place == "environment":
            replace_environment(stage, root)
        elif place == "empty":
            fill(stage, root)
        else:
            os.rename(stage, root)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise

        raise EnvironmentExists(
            f"Something was put at {root} while the environment was being made",
            hint="Look at it, then use it or replace it with --clear.",
        ) from error


def replace_environment(stage: str, root: str) -> None:
    """Put ``stage`` in the place of the environment ``root``: by renames, or in place where none can be."""
    try:
        with Stage(root) as aside:
            _exchange(stage, root, os.path.join(aside, "old"))
    except OSError as error:
        if error.errno not in UNMOVABLE:
            raise

        empty(root, spare=stage)
        fill(stage, root)


def _exchange(stage: str, root: str, old: str) -> None:
    """Move ``root`` to ``old`` and ``stage`` to ``root``; back where only the first succeeds."""
    os.rename(root, old)

    try:
        os.rename(stage, root)
    except BaseException:
        os.rename(old, root)
        raise


def empty(root: str, *, spare: str) -> None:
    """Remove what is in the environment ``root`` but for ``spare``, ``pyvenv.cfg`` first."""
    os.remove(os.path.join(root, CONFIGURATION))

    for entry in os.scandir(root):
        if entry.path == spare:
            continue

        if entry.is_dir(follow_symlinks=False):
            remove_tree(entry.path)
        else:
            os.remove(entry.path)


def fill(stage: str, root: str) -> None:
    """Move what is in ``stage`` into the empty folder ``root``, ``pyvenv.cfg`` last.

    Raises OSError (ENOTEMPTY) for a folder that holds anything but ``stage``.
    """
    if {*os.listdir(root)} - {os.path.basename(stage)}:
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), root)

    import shutil

    for name in sorted(os.listdir(stage), key=lambda name: name == CONFIGURATION):
        shutil.move(os.path.join(stage, name), os.path.join(root, name))
