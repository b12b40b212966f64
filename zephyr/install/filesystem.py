"""Every change to an environment: the only module that mutates one.

Each method is one step: it tells `before` what it is about to do, then does it. A test stops a
transaction at any step by raising, or by killing the process, in `before`; release code passes
nothing and pays one call of an empty function. Paths are absolute strings.
"""

from __future__ import annotations

import os
import stat
import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from zephyr_cache.link import Linker

CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def nothing(operation: str, path: str) -> None:
    """Watch a step and do nothing."""


class FileSystem:
    """The steps. All raise OSError."""

    def __init__(self, before: Callable[[str, str], None] = nothing) -> None:
        self._before = before

    def make_folder(self, path: str, mode: int = 0o777) -> None:
        """Create one folder; its parent exists."""
        self._before("make-folder", path)
        os.mkdir(path, mode)

    def set_mode(self, path: str, mode: int) -> None:
        """Set the permission bits."""
        self._before("set-mode", path)
        os.chmod(path, mode)

    def link(self, source: str, destination: str, linker: Linker, *, executable: bool) -> None:
        """Put the cached file ``source`` at ``destination``, which does not exist."""
        self._before("link", destination)
        linker.place(source, destination, executable=executable)

    def link_files(
        self, source: str, destination: str, paths: Iterable[str], linker: Linker, executable: Container[str]
    ) -> None:
        """Put the cached files at ``paths`` below ``source`` at the same paths below ``destination``.

        Each one is a step. None of them exists; the folders do.
        """
        told = paths if self._before is nothing else self._each("link", destination, paths)
        linker.place_all(source, destination, told, executable)

    def write(self, path: str, data: bytes, mode: int = 0o666, *, durable: bool = False) -> None:
        """Create the file ``path``, which does not exist, synced to the disk where ``durable``."""
        self._before("write", path)
        descriptor = os.open(path, CREATE, mode)

        try:
            view = memoryview(data)

            while view:
                view = view[os.write(descriptor, view) :]

            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: str, target: str) -> None:
        """Move ``source`` to ``target``, which does not exist, on the same mount."""
        self._before("rename", target)

        if os.path.lexists(target):
            raise FileExistsError(17, "somebody else created this path meanwhile", target)

        os.rename(source, target)

    def rename_folder(self, source: str, target: str) -> None:
        """Move a whole folder; some file systems refuse this (see `operations`)."""
        self._before("rename-folder", target)
        os.rename(source, target)

    def unlink(self, path: str) -> None:
        """Remove one file or link."""
        self._before("unlink", path)
        os.unlink(path)

    def remove_folder(self, path: str) -> None:
        """Remove one empty folder."""
        self._before("remove-folder", path)
        os.rmdir(path)

    def remove_tree(self, path: str) -> None:
        """Remove a folder and all that is in it, step by step."""
        with os.scandir(path) as entries:
            found = list(entries)

        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                self.remove_tree(entry.path)
            else:
                self.unlink(entry.path)

        self.remove_folder(path)

    def open_lock(self, path: str) -> int:
        """Open a lock file, created where it is missing, and return its descriptor."""
        self._before("open-lock", path)

        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)

    def overwrite(self, descriptor: int, data: bytes) -> None:
        """Replace the contents of an open file."""
        self._before("overwrite", "")
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, data)

    def sync_folder(self, path: str) -> None:
        """Make the entries of a folder durable; Windows has no such thing."""
        self._before("sync-folder", path)

        if os.name == "nt":
            return

        descriptor = os.open(path, os.O_RDONLY)

        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _each(self, operation: str, folder: str, paths: Iterable[str]) -> Iterator[str]:
        """Give ``paths`` one by one, telling of each as a step of its own."""
        for path in paths:
            self._before(operation, f"{folder}/{path}")
            yield path

    def sync_contents(self, path: str) -> None:
        """Make durable what was written anywhere on the file system that holds the folder ``path``."""
        self._before("sync-contents", path)

        if sys.platform == "linux":
            _syncfs(path)
        elif hasattr(os, "sync"):
            os.sync()
        else:
            _sync_tree(path)


def same_mount(folder: str, other: str) -> bool:
    """Tell whether a file can be renamed from one existing folder into the other.

    Bind mounts share a device number and still refuse renames. Linux compares mounts before it
    looks the names up, so the attempt to rename what does not exist answers without a change.
    """
    if os.stat(folder).st_dev != os.stat(other).st_dev:
        return False

    try:
        os.rename(f"{folder}/.zephyr-absent", f"{other}/.zephyr-absent")
    except FileNotFoundError:
        return True
    except OSError as error:
        return error.errno != 18  # EXDEV

    return True


def mode_of(path: str) -> int:
    """Return the permission bits of a folder."""
    return stat.S_IMODE(os.stat(path).st_mode)


def _syncfs(path: str) -> None:
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(path, os.O_RDONLY)

    try:
        if not hasattr(library, "syncfs"):
            os.sync()
        elif library.syncfs(descriptor) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
    finally:
        os.close(descriptor)


def _sync_tree(path: str) -> None:
    for folder, _, names in os.walk(path):
        for name in names:
            descriptor = os.open(f"{folder}/{name}", os.O_RDWR)

            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
