"""One writer per environment: an advisory lock that dies with the process that holds it."""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import contextmanager

from zephyr.install.errors import EnvironmentLocked

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from zephyr.install.filesystem import FileSystem

TIMEOUT = 300.0
"""Seconds to wait for another process that changes the same environment."""
INTERVAL = 0.05
"""Seconds between two attempts while another process holds the lock."""

UNSUPPORTED = frozenset(
    {errno.EBADF, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ESTALE, errno.EINVAL}
)


class LockVanished(EnvironmentLocked):
    """Raised for a lock that was taken away meanwhile: it is held, and nobody else would meet it."""

    def __init__(self, path: str) -> None:
        root = os.path.dirname(os.path.dirname(path))
        super().__init__(
            f"{root} was being changed by another command, which took its lock away",
            hint="Run the command again.",
        )


@contextmanager
def exclusive(
    path: str,
    filesystem: FileSystem,
    *,
    timeout: float,
    waiting: Callable[[str], None] | None = None,
) -> Generator[None]:
    """Hold the lock file ``path`` for the length of the block.

    Where another process has it, ``waiting`` is told once who ("process 4711: zephyr install x"), and
    EnvironmentLocked is raised after ``timeout`` seconds. The file itself stays; LockVanished is raised
    where whoever held it removed it.
    """
    try:
        descriptor = filesystem.open_lock(path)
    except FileNotFoundError as error:
        raise LockVanished(path) from error

    try:
        _acquire(descriptor, path, time.monotonic() + timeout, waiting)

        if not _is_at(path, descriptor):
            raise LockVanished(path)

        filesystem.overwrite(descriptor, _description().encode("utf-8", "replace"))
        yield
    finally:
        os.close(descriptor)


def _is_at(path: str, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _acquire(descriptor: int, path: str, deadline: float, waiting: Callable[[str], None] | None) -> None:
    told = False

    while not _try(descriptor):
        holder = _holder(path)

        if time.monotonic() >= deadline:
            raise EnvironmentLocked(
                f"{os.path.dirname(os.path.dirname(path))} is being changed by {holder}",
                hint="Wait until it has finished, or stop it.",
            )

        if waiting is not None and not told:
            waiting(holder)
            told = True

        time.sleep(INTERVAL)


if sys.platform == "win32":  # pragma: no cover

    def _try(descriptor: int) -> bool:
        import msvcrt

        try:
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False

        return True

else:

    def _try(descriptor: int) -> bool:
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in UNSUPPORTED:
                raise

            return _try_range(descriptor)

        return True

    def _try_range(descriptor: int) -> bool:
        """Lock a range instead: some network file systems know only that."""
        import fcntl

        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EAGAIN}:
                return False

            raise

        return True


def _description() -> str:
    command = " ".join([os.path.basename(sys.argv[0] or "python"), *sys.argv[1:2]])

    return f"process {os.getpid()}: {command}"


def _holder(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(200).strip()
    except OSError:
        text = ""

    return "".join(character if character.isprintable() else "?" for character in text) or "another process"
