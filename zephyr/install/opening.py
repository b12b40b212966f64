"""Opens an environment for a change and closes it: the lock, what was interrupted, private folders."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager, suppress

from zephyr.dataclass import dataclass
from zephyr.install import journal
from zephyr.install.errors import EnvironmentLocked, RecoveryPending, changing
from zephyr.install.filesystem import FileSystem
from zephyr.install.lock import TIMEOUT, LockVanished, exclusive
from zephyr.install.private import private_folders
from zephyr.install.recovery import TRANSACTION, clear_leftovers, recover, remove_quietly
from zephyr.install.state import NAME as STATE

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from zephyr.install.destination import Destination
    from zephyr.install.private import PrivateFolders
    from zephyr_cache.link import LinkMode


@dataclass(frozen=True, slots=True)
class TransactionOptions:
    """How a transaction behaves."""

    timeout: float = TIMEOUT
    """Seconds to wait for another process that changes the same environment."""
    waiting: Callable[[str], None] | None = None
    """Told once who that is."""
    link_mode: LinkMode | None = None
    """None for the best that the file systems allow."""


@contextmanager
def locked(
    destination: Destination,
    filesystem: FileSystem,
    timeout: float,
    waiting: Callable[[str], None] | None = None,
) -> Generator[None]:
    """Hold the environment's lock, with whatever was interrupted before undone.

    Raises EnvironmentLocked, JournalError, RecoveryPending, and OSError.
    """
    with ExitStack() as stack:
        _lock(stack, destination, filesystem, timeout, waiting)

        if destination.is_plain:
            stack.callback(_leave_nothing, destination, filesystem)

        try:
            recover(destination.root, destination.state, filesystem)
        except OSError as error:
            raise RecoveryPending(
                f"{destination.root}: an interrupted change cannot be undone: {error}",
                hint="Make that path writable, or move what is in its way, and run the command again.",
            ) from error

        yield


def _lock(
    stack: ExitStack,
    destination: Destination,
    filesystem: FileSystem,
    timeout: float,
    waiting: Callable[[str], None] | None,
) -> None:
    """Take the lock, made anew where whoever had it took it away (`_leave_nothing`)."""
    while True:
        _make_folders(destination.state, filesystem)

        with suppress(LockVanished):
            path = f"{destination.state}/lock"
            stack.enter_context(exclusive(path, filesystem, timeout=timeout, waiting=waiting))
            return


def _leave_nothing(destination: Destination, filesystem: FileSystem) -> None:
    """Remove the folder with lock and state, unless there is more in it that somebody may need."""
    names = {"lock", STATE}

    with suppress(OSError):
        if names.issuperset(os.listdir(destination.state)):
            for name in names.intersection(os.listdir(destination.state)):
                filesystem.unlink(f"{destination.state}/{name}")

            filesystem.remove_folder(destination.state)


def recover_environment(destination: Destination, options: TransactionOptions | None = None) -> bool:
    """Undo what was interrupted in an environment; tell whether there was anything.

    For commands that only read: nearly free where nothing is pending. What a killed command left that
    is of no use to anybody is deleted. Raises as `Transaction.begin`.
    """
    if not journal.is_pending(destination.state):
        _clear_leftovers_of_the_dead(destination)

        return False

    options = options or TransactionOptions()
    filesystem = FileSystem()

    with (
        changing("recovering the environment"),
        locked(destination, filesystem, options.timeout, options.waiting),
    ):
        clear_leftovers(private_folders(destination).bases(), filesystem)

        return True


def _clear_leftovers_of_the_dead(destination: Destination) -> None:
    """Delete the private folders of killed commands, unless a living one holds the lock."""
    try:
        names = os.listdir(destination.state)
    except OSError:
        return

    if not any(name.startswith(TRANSACTION) for name in names):
        return

    filesystem = FileSystem()

    with suppress(EnvironmentLocked, OSError), exclusive(f"{destination.state}/lock", filesystem, timeout=0):
        if not journal.is_pending(destination.state):
            clear_leftovers(private_folders(destination).bases(), filesystem)


def make_private(private: PrivateFolders, filesystem: FileSystem) -> None:
    """Make the folders of a new transaction. Raises OSError."""
    for base in private.bases():
        folder = private.transaction(base)
        _make_folders(folder, filesystem)
        filesystem.make_folder(f"{folder}/staged")
        filesystem.make_folder(f"{folder}/trash")


def close_private(private: PrivateFolders, filesystem: FileSystem) -> None:
    """Delete what a transaction kept, unless the next command needs it to recover."""
    if not journal.is_pending(private.root):
        for base in private.bases():
            remove_quietly(private.transaction(base), filesystem)


def _make_folders(path: str, filesystem: FileSystem) -> None:
    if not os.path.isdir(path):
        _make_folders(os.path.dirname(path), filesystem)
        filesystem.make_folder(path)
