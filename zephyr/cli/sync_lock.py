"""Which lock ``zephyr sync`` means, and whether it may be used as it is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zephyr.errors import UsageError
from zephyr.lock.reading import read_lock
from zephyr.lock.writing import check_name
from zephyr.project.reading import FILE, find_project, read_project

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from zephyr.cli.sync_request import SyncWords
    from zephyr.project.project import Project

LOCK = "pylock.toml"


@dataclass(frozen=True, slots=True)
class SyncTarget:
    """A lock file, and where its environment belongs."""

    path: str
    """Absolute path of the lock."""
    shown: str
    """As messages call it."""
    root: str | None
    """Folder whose own environment is meant; None for the one that is active or near."""
    project: str | None
    """Absolute path of the project's file; None where there is none."""


@dataclass(frozen=True, slots=True)
class UsableLock:
    """A lock that may be used, and its project where that was looked at."""

    target: SyncTarget
    document: Pylock
    project: Project | None
    warnings: tuple[str, ...]


def sync_target(file: str | None, folder: str) -> SyncTarget:
    """Return what a sync in ``folder`` is about: the lock ``file``, else that of the project here or above.

    A lock beside a ``pyproject.toml`` is for that project's environment. Raises `LockNameInvalid`.
    """
    if file is not None:
        check_name(file)
        path = os.path.normpath(os.path.join(folder, file))
        beside = os.path.join(os.path.dirname(path), FILE)

        if not os.path.isfile(beside):
            return SyncTarget(path, file, None, None)

        return SyncTarget(path, file, os.path.dirname(path), beside)

    project = find_project(folder)
    root = os.path.dirname(project) if project is not None else folder

    return SyncTarget(os.path.join(root, LOCK), LOCK, root, project)


def ensure_fresh_lock(target: SyncTarget, words: SyncWords) -> UsableLock:
    """Return the lock to be used. Raises `InvalidLock`, and what reading the project raises.

    With ``--frozen`` the project is not looked at.
    """
    if words.sync.locked and words.sync.frozen:
        raise UsageError(
            "--locked and --frozen exclude each other",
            hint="--locked fails on a stale lock, --frozen does not ask whether it is stale.",
            id="conflicting-options",
        )

    lock = read_lock(target.path)
    project = None

    if target.project is not None and not words.sync.frozen:
        project = read_project(target.project)

    warnings = (*lock.warnings, *(project.warnings if project is not None else ()))

    return UsableLock(target, lock.document, project, warnings)
