"""Undoes a change that did not finish: at once after a failure, or by the next command after a kill.

A commit is finished when its journal is gone; until then everything goes back. Nothing is deleted
that the journal does not name or that lies outside the private ``.zephyr`` folders, no step needs
new space where folders can be renamed, and doing it again after another interruption is harmless.
"""

from __future__ import annotations

import os

from zephyr.install import journal
from zephyr.install.journal import Journal, Phase
from zephyr.install.operations import Retire, give_back, take_back

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.install.filesystem import FileSystem

TRANSACTION = "transaction-"
"""How the private folder of one transaction begins."""


def undo(found: Journal, phase: Phase, state: str, filesystem: FileSystem) -> None:
    """Bring everything back and end the journal.

    ``phase`` is that of the journal's name on the disk. Raises OSError, with the journal kept.
    """
    if phase is Phase.ARRIVING:
        for arrival in reversed(found.arrivals):
            take_back(arrival, filesystem)

        sync_mounts(found, filesystem)
        journal.rename(state, phase, f"{state}/{Phase.LEAVING.value}", filesystem)

    for departure in reversed(found.departures):
        give_back(departure, filesystem)

    sync_mounts(found, filesystem)
    filesystem.unlink(f"{state}/{Phase.LEAVING.value}")


def recover(root: str, state: str, filesystem: FileSystem) -> bool:
    """Undo the interrupted change of an environment whose lock is held; tell whether there was one.

    Raises JournalError where the journal cannot be trusted, and OSError.
    """
    found = journal.find(state, root)

    if found is None:
        return False

    phase, recorded = found
    undo(recorded, phase, state, filesystem)

    return True


def clear_leftovers(folders: Iterable[str], filesystem: FileSystem) -> None:
    """Delete the private folders of transactions that are over; what resists is left for next time."""
    for folder in folders:
        try:
            names = os.listdir(folder)
        except OSError:
            continue

        for name in names:
            if name.startswith(TRANSACTION):
                remove_quietly(f"{folder}/{name}", filesystem)


def remove_quietly(path: str, filesystem: FileSystem) -> None:
    """Delete a private folder; a failure leaves the rest for the next command."""
    try:
        filesystem.remove_tree(path)
    except OSError:
        return


def sync_folders(found: Journal, filesystem: FileSystem) -> None:
    """Make durable every folder in which an operation changed an entry, where it still exists."""
    for folder in _changed_folders(found):
        filesystem.sync_folder(folder)


def sync_mounts(found: Journal, filesystem: FileSystem) -> None:
    """Make durable the file systems of those folders: for when folders were moved file by file."""
    devices = {os.stat(folder).st_dev: folder for folder in _changed_folders(found)}

    for folder in devices.values():
        filesystem.sync_contents(folder)


def _changed_folders(found: Journal) -> list[str]:
    folders: set[str] = set()

    for operation in (*found.departures, *found.arrivals):
        folders.add(os.path.dirname(operation.path))

        if isinstance(operation, Retire):
            folders.add(os.path.dirname(operation.kept))

    return sorted(folder for folder in folders if os.path.isdir(folder))
