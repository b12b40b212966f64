"""Locks between processes that die with their holder.

A lock is a file under an exclusive ``flock``. File systems without it (some network file systems)
get a record lock instead; where there is neither, the lock holds within this process only. That is
sound: in the cache a lock saves work and tells leftovers from work in progress, while what keeps
the content right is the rename. Lock files may be deleted by their holder, so a lock counts only
when the file that was locked is still the one under its name.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from _thread import allocate_lock

from zephyr_cache.errors import CacheLockTimeout, reported

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

_UNSUPPORTED = frozenset(
    {errno.EBADF, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, getattr(errno, "ESTALE", -1)}
)
_SHORTEST_PAUSE = 0.005
_LONGEST_PAUSE = 0.1

_held: set[str] = set()
_held_guard = allocate_lock()

_Answer = bool | None
"""Whether the system gave a lock, None where it has none to give."""


class FileLock:
    """An exclusive lock on a file, taken by `acquire` and given back by `release`.

    ``between_processes`` tells whether the lock that is held also keeps other processes out.
    """

    __slots__ = ("_descriptor", "between_processes", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        self.between_processes = False
        self._descriptor = -1

    def acquire(self) -> bool:
        """Take the lock if nobody has it. Raises `OSError` when the file cannot be opened."""
        with _held_guard:
            if self.path in _held:
                return False

            _held.add(self.path)

        taken = False
        try:
            taken = self._acquire_between_processes()
        finally:
            if not taken:
                _drop(self.path)

        return taken

    def _acquire_between_processes(self) -> bool:
        while True:
            descriptor = _open(self.path)
            try:
                answer = _lock(descriptor)
                if answer is False:
                    os.close(descriptor)
                    return False

                self.between_processes = answer is True
                if _is_current(descriptor, self.path):
                    self._descriptor = descriptor
                    return True
            except BaseException:
                os.close(descriptor)
                raise

            os.close(descriptor)

    def sign(self) -> None:
        """Write this process's number into the file, for those who wait."""
        try:
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, str(os.getpid()).encode())
        except OSError:
            pass

    def release(self, *, remove: bool = False) -> None:
        """Give the lock back; ``remove`` deletes the file while it is still held."""
        if self._descriptor < 0:
            return

        if remove:
            try:
                os.unlink(self.path)
            except OSError:
                pass

        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)
        _drop(self.path)


class Exclusive:
    """The lock at ``path`` of the cache ``root`` for the time of a block; see `Cache.exclusive`."""

    __slots__ = ("_lock", "_path", "_root", "_timeout", "_waiting")

    def __init__(self, root: str, path: str, timeout: float, waiting: Callable[[str], None] | None) -> None:
        self._root = root
        self._path = path
        self._timeout = timeout
        self._waiting = waiting

    def __enter__(self) -> None:
        with reported(self._root):
            self._lock = wait_for(self._path, timeout=self._timeout, waiting=self._waiting)

    def __exit__(self, *_exception: object) -> None:
        self._lock.release()


def wait_for(path: str, *, timeout: float, waiting: Callable[[str], None] | None = None) -> FileLock:
    """Take the lock at ``path``, waiting for at most ``timeout`` seconds; the caller releases it.

    ``waiting`` is told once, with the holder's process number (empty when unknown), that there is
    somebody to wait for. Raises `CacheLockTimeout` and `OSError`.
    """
    lock = FileLock(path)
    deadline = time.monotonic() + timeout
    pause = _SHORTEST_PAUSE
    while not lock.acquire():
        if waiting is not None:
            waiting(_holder(path))
            waiting = None

        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise _timed_out(path, timeout)

        time.sleep(min(pause, remaining))
        pause = min(pause * 2, _LONGEST_PAUSE)

    lock.sign()
    return lock


def _timed_out(path: str, timeout: float) -> CacheLockTimeout:
    holder = _holder(path)
    owner = f"Process {holder}" if holder else "Another process"
    return CacheLockTimeout(
        f"{owner} has held the cache lock {path!r} for more than {timeout:g} seconds.",
        hint="Wait for it to finish, or end it, and try again.",
    )


def _holder(path: str) -> str:
    # A record lock would be lost if this process, holding it, opened and closed the file.
    with _held_guard:
        if path in _held:
            return str(os.getpid())

    try:
        with open(path, "rb") as stream:
            text = stream.read(20).decode("ascii", "replace")
    except OSError:
        return ""

    return text if text.isdigit() else ""


def _drop(path: str) -> None:
    with _held_guard:
        _held.discard(path)


def _open(path: str) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, flags, 0o600)


def _is_current(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # a byte nobody writes: a locked byte could not be read by those who wait

    def _lock(descriptor: int) -> _Answer:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)

        return True

else:
    import fcntl

    def _lock(descriptor: int) -> _Answer:
        for take in (fcntl.flock, fcntl.lockf):
            try:
                take(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in _UNSUPPORTED:
                    continue

                if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
                    return False

                raise

            return True

        return None
