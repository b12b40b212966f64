"""The private folder in which a process makes what it will publish.

A process takes one folder and a lock beside it on first use, and keeps both until it closes the
cache or ends. Whoever can take the lock of a folder knows that its owner is gone and may sweep it.
"""

from __future__ import annotations

import os
from _thread import allocate_lock

from zephyr_cache import layout
from zephyr_cache.atomic import remove_tree
from zephyr_cache.errors import disk_full, is_disk_full, reported
from zephyr_cache.locks import FileLock


class Staging:
    """This process's part of the staging area. Safe to use from many threads."""

    def __init__(self, root: str) -> None:
        self._area = f"{root}/{layout.STAGING}"
        self._guard = allocate_lock()
        self._lock: FileLock | None = None
        self._folder = ""
        self._process = -1

    def folder(self) -> str:
        """Give the folder that nobody else writes to, made on first use. Raises `OSError`."""
        with self._guard:
            if self._lock is None or self._process != os.getpid():
                self._take()

            return self._folder

    def _take(self) -> None:
        while True:
            folder = f"{self._area}/{layout.fresh_name()}"
            lock = FileLock(f"{folder}.lock")
            if lock.acquire():
                break

        os.makedirs(folder, exist_ok=True)
        self._lock, self._folder, self._process = lock, folder, os.getpid()

    def fresh_folder(self) -> str:
        """Make an empty folder with mode 0755. Raises `OSError`."""
        folder = f"{self.folder()}/{layout.fresh_name()}"
        os.mkdir(folder, 0o755)
        return folder

    def close(self) -> None:
        """Give the folder up, with whatever is left in it."""
        with self._guard:
            if self._lock is None or self._process != os.getpid():
                return

            remove_tree(self._folder)
            self._lock.release(remove=True)
            self._lock = None


class StagedFolder:
    """A fresh folder of ``staging`` for the time of a block; see `Cache.staging`."""

    __slots__ = ("_folder", "_root", "_staging")

    def __init__(self, staging: Staging, root: str) -> None:
        self._staging = staging
        self._root = root

    def __enter__(self) -> str:
        with reported(self._root):
            self._folder = self._staging.fresh_folder()

        return self._folder

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if os.path.lexists(self._folder):
            remove_tree(self._folder)

        if isinstance(error, OSError) and is_disk_full(error):
            raise disk_full(self._root) from error


def sweep(root: str) -> None:
    """Delete the trash and what processes that are gone have left in staging. Never raises."""
    trash = f"{root}/{layout.TRASH}"
    for name in _names(trash):
        remove_tree(f"{trash}/{name}")

    area = f"{root}/{layout.STAGING}"
    for name in _names(area):
        if name.endswith(".lock"):
            _sweep_one(f"{area}/{name}")
        elif not os.path.lexists(f"{area}/{name}.lock"):
            remove_tree(f"{area}/{name}")


def _sweep_one(path: str) -> None:
    lock = FileLock(path)
    try:
        if not lock.acquire():
            return

        # Where nothing keeps processes apart, nothing tells whether the owner is gone.
        # The folder goes before its lock file: a folder without one is nobody's.
        if lock.between_processes:
            remove_tree(path.removesuffix(".lock"))

        lock.release(remove=lock.between_processes)
    except OSError:
        pass


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
