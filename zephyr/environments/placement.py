"""Puts an environment where it belongs, in one step: staged beside its place and renamed in.

Where a rename cannot be (the place is a mount point, or the current folder) it is filled in place,
``pyvenv.cfg`` last: before that it is no environment.
"""

from __future__ import annotations

import contextlib
import errno
import os
from enum import Enum

from zephyr.environments.errors import EnvironmentExists
from zephyr.environments.layout import CONFIGURATION
from zephyr.environments.leftovers import fresh_name, held, remove_tree

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Generator

UNMOVABLE = frozenset({errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS, errno.EINVAL})
"""What a rename answers for a mount point, the current folder of a process or a parent that is not ours."""


class Place(Enum):
    """What is where the environment is to be."""

    FREE = "free"
    EMPTY = "empty"
    ENVIRONMENT = "environment"


@contextlib.contextmanager
def staging(root: str) -> Generator[str]:
    """Give an empty folder beside ``root``; whatever bears its name afterwards is removed.

    Where only ``root`` itself can be written (a volume, mounted empty) the folder is inside it.
    """
    name = fresh_name(root)
    stage = os.path.join(os.path.dirname(root), name)

    try:
        os.makedirs(stage)
    except OSError:
        if not os.path.isdir(root):
            raise

        stage = os.path.join(root, name)
        os.mkdir(stage)

    try:
        with held(stage):
            yield stage
    finally:
        if os.path.lexists(stage):
            remove_tree(stage)


def put_in_place(stage: str, root: str, place: Place) -> None:
    """Make ``stage`` the folder ``root``; what was an environment there goes, all at once.

    Raises `EnvironmentExists` when somebody else has put something there meanwhile.
    """
    try:
        if place is Place.ENVIRONMENT:
            replace_environment(stage, root)
        elif place is Place.EMPTY:
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
        with trash(root):
            os.rename(stage, root)
    except OSError as error:
        if error.errno not in UNMOVABLE:
            raise

        empty(root, spare=stage)
        fill(stage, root)


@contextlib.contextmanager
def trash(root: str) -> Generator[None]:
    """Move ``root`` aside for what takes its place, back if that fails, and away at last."""
    with staging(root) as aside:
        old = os.path.join(aside, "old")
        os.rename(root, old)

        try:
            yield
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
