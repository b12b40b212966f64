"""Why a lock file cannot be read, written or used, each with its id and next step."""

from __future__ import annotations

from zephyr.errors import UsageError, ZephyrError


class LockNameInvalid(UsageError):
    """The file's name is not one that the standard gives to lock files."""

    id = "lock-name-invalid"


class LockUnwritable(ZephyrError):
    """The file system refused the new lock; the old one is as it was."""

    id = "lock-unwritable"


class PathUnportable(ZephyrError):
    """A local source cannot be written relative to the lock: it lies on another drive, or is not text."""

    id = "lock-path-unportable"


class InvalidLock(ZephyrError):
    """A lock is refused as a whole, before anything in it is used.

    The id says why: ``lock-missing``, ``lock-unreadable``, ``lock-too-large``, ``lock-not-utf-8``,
    ``lock-syntax``, ``lock-conflict-markers``, ``lock-packages-missing``, ``lock-version-unsupported``,
    ``lock-hash-unusable``, ``lock-file-mismatch``, ``lock-path-escapes``, ``lock-address-refused``; else
    ``lock-invalid``.
    """

    id = "lock-invalid"


class LockIncomplete(ZephyrError):
    """An entry needs another one that the lock does not have: part of the file was lost."""

    id = "lock-incomplete"


class LockNotForPython(ZephyrError):
    """The lock, or one of its entries, is for other versions of Python."""

    id = "lock-python-mismatch"


class LockNotForEnvironment(ZephyrError):
    """None of the environments that the lock is for is this one."""

    id = "lock-environment-mismatch"


class EntriesAmbiguous(ZephyrError):
    """Two entries of one name apply at once."""

    id = "lock-ambiguous"


class NoUsableFile(ZephyrError):
    """No wheel of an entry fits the interpreter, and there is no source archive."""

    id = "lock-no-usable-file"


class UnknownExtra(UsageError):
    """An extra is asked for that the lock was not made with."""

    id = "unknown-extra"


class UnknownGroup(UsageError):
    """A dependency group is asked for that the lock was not made with."""

    id = "unknown-group"


class ConflictingActivations(UsageError):
    """Extras or groups are asked for together that the project declares to be in conflict."""

    id = "conflicting-extras-or-groups"
