"""Why an environment could not, or must not, be changed."""

from __future__ import annotations

import errno
from contextlib import contextmanager

from zephyr.errors import ZephyrError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Generator

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
UNWRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class EnvironmentLocked(ZephyrError):
    """Raised when another process keeps the environment's lock for too long."""

    id = "environment-locked"


class EnvironmentChangeError(ZephyrError):
    """Raised when the file system refuses a change; the environment is as it was before.

    The id is ``disk-full``, ``environment-unwritable`` or ``environment-io``.
    """

    id = "environment-io"


class RecoveryPending(ZephyrError):
    """Raised when a change could not be undone at once; the next command tries again."""

    id = "recovery-pending"


class JournalError(ZephyrError):
    """Raised when the journal of an interrupted change cannot be trusted, so nothing is touched.

    The id is ``journal-corrupt``, ``journal-too-new`` or ``journal-moved``.
    """

    id = "journal-corrupt"


class StateTooNew(ZephyrError):
    """Raised when the environment's state file is of a newer format."""

    id = "state-too-new"


class DamagedTree(ZephyrError):
    """Raised when cached files of a wheel were changed after they were unpacked.

    ``digest`` names the entry to evict and unpack again.
    """

    id = "cache-tree-damaged"

    def __init__(self, message: str, digest: str, variant: str = "") -> None:
        super().__init__(message, hint="The entry is dropped from the cache and fetched again.")
        self.digest = digest
        self.variant = variant


class PlanError(ZephyrError):
    """Raised when a plan is refused before anything is changed.

    The id says why: ``protected-path``, ``collision``, ``path-conflict``, ``self-change``.
    """

    id = "plan"


class RemovalError(ZephyrError):
    """Raised when an installed distribution cannot be removed.

    The id says why: ``no-record``, ``distutils-installed``, ``editable-installed``,
    ``outside-environment``.
    """

    id = "no-record"


class ScriptError(ZephyrError):
    """Raised when no working script can be written for an interpreter's path."""

    id = "unusable-interpreter-path"


@contextmanager
def changing(action: str) -> Generator[None]:
    """Turn an OSError in the block into EnvironmentChangeError; ``action`` says what was being done."""
    try:
        yield
    except OSError as error:
        raise _change_error(error, action) from error


def _change_error(error: OSError, action: str) -> EnvironmentChangeError:
    reason = error.strerror or str(error)
    where = f": {error.filename}" if error.filename else ""
    message = f"{action} failed: {reason}{where}"

    if error.errno in FULL:
        return EnvironmentChangeError(
            message, id="disk-full", hint="Make room on that file system and run the command again."
        )

    if error.errno in UNWRITABLE:
        return EnvironmentChangeError(
            message, id="environment-unwritable", hint="Check the owner and the permissions of that path."
        )

    return EnvironmentChangeError(message)
