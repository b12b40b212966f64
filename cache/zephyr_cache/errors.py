"""What can go wrong with the cache, in the shape every failure of Zephyr has.

The cache imports nothing of Zephyr, so it states the shape itself: a stable kebab-case ``id``, a
``message`` that names the culprit, a ``hint`` with the next step where one is known, further
``details`` and an ``exit_code``.
"""

from __future__ import annotations

import errno

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import ClassVar

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_UNWRITABLE = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOTDIR,
        errno.EEXIST,
        errno.ELOOP,
        errno.ENAMETOOLONG,
    }
)
_DAMAGE = frozenset({errno.EIO, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ELOOP})


class CacheError(Exception):
    """A failure of the cache that a person can act on."""

    id: str = "cache-failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class CacheUnwritable(CacheError):
    """Raised when the cache's folder cannot be created or written."""

    id = "cache-unwritable"


class CacheTooNew(CacheError):
    """Raised when the cache was written in a format this version does not know."""

    id = "cache-too-new"


class CacheLockTimeout(CacheError):
    """Raised when another process kept a lock for longer than the caller would wait."""

    id = "cache-lock-timeout"


class DiskFull(CacheError):
    """Raised when the file system of the cache has no room (or no quota) left."""

    id = "disk-full"


class StagedFileWrong(CacheError):
    """Raised when a staged file is missing or is not what its producer said it is."""

    id = "staged-file-wrong"


def unwritable(folder: str, reason: str) -> CacheUnwritable:
    """Say that ``folder`` cannot be used as, or inside, a cache."""
    return CacheUnwritable(
        f"The cache folder {folder!r} cannot be written: {reason}.",
        hint="Choose another folder with --cache-dir or ZEPHYR_CACHE_DIR, or give this one to your user.",
    )


def disk_full(folder: str) -> DiskFull:
    """Say that the file system that holds ``folder`` is full."""
    return DiskFull(
        f"The disk that holds {folder!r} is full.",
        hint="Free some space (`zephyr cache prune` helps) or choose another folder with --cache-dir.",
    )


def translated(error: OSError, folder: str) -> CacheError:
    """Give the `CacheError` that says what ``error`` means for ``folder``."""
    reason = error.strerror or type(error).__name__
    if is_disk_full(error):
        return disk_full(folder)
    if error.errno in _UNWRITABLE:
        return unwritable(folder, reason)
    return CacheError(f"The cache folder {folder!r} failed: {reason}.")


def is_damage(error: OSError) -> bool:
    """Tell a file that cannot be read from a passing trouble, such as too many open files."""
    return error.errno in _DAMAGE


def is_disk_full(error: OSError) -> bool:
    """Tell whether ``error`` means that there is no room, or no quota, left."""
    return error.errno in _FULL


class _Reported:
    """What `reported` gives."""

    __slots__ = ("_folder",)

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, OSError):
            raise translated(error, self._folder) from error


def reported(folder: str) -> _Reported:
    """Turn any `OSError` of the block into the `CacheError` that names ``folder``."""
    return _Reported(folder)
