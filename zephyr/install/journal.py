"""The record of what a commit intends, durable before the first change (docs/transactions.md).

One file: a line ``zephyr-journal 1 SHA256`` and the operations as JSON. It is written whole, synced
and renamed into place, so it is there completely or not at all; anything else is damage, and refused.

Its name is its phase. ``journal``: departures may have been made. ``journal-arriving``: all
departures are made, arrivals may have been. No journal: nothing is under way. Paths inside the
environment are relative to it, so that an environment that was copied or moved can be recovered too.
"""

from __future__ import annotations

import os
from enum import Enum

from zephyr.dataclass import dataclass
from zephyr.install.errors import JournalError
from zephyr.install.operations import Arrival, Departure, Make, Place, Retire
from zephyr_cache.digest import sha256

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from zephyr.install.filesystem import FileSystem

FORMAT = 1
PRIVATE = frozenset({".zephyr", ".zephyr-saved"})
"""Folders that hold what is neither here nor there; only paths below them are private."""


class Phase(Enum):
    """How far a commit may have come; the value is the journal's file name."""

    LEAVING = "journal"
    ARRIVING = "journal-arriving"


@dataclass(frozen=True, slots=True)
class Journal:
    """The operations of one commit on the environment at ``root``, in order."""

    root: str
    departures: tuple[Departure, ...]
    arrivals: tuple[Arrival, ...]


def encode(journal: Journal) -> bytes:
    """Return the file's bytes."""
    import json

    document = {
        "root": journal.root,
        "departures": [_row(operation, journal.root) for operation in journal.departures],
        "arrivals": [_row(operation, journal.root) for operation in journal.arrivals],
    }
    body = json.dumps(document, separators=(",", ":")).encode()

    return f"zephyr-journal {FORMAT} {sha256(body).hex()}\n".encode() + body


def decode(data: bytes, root: str) -> Journal:
    """Read the journal found in the environment at ``root``.

    Raises JournalError for damage, a newer format, paths that no commit writes, and paths
    outside an environment that has been moved since.
    """
    head, _, body = data.partition(b"\n")
    words = head.decode("ascii", "replace").split(" ")

    if len(words) != 3 or words[0] != "zephyr-journal":
        raise _corrupt(root)

    if words[1] != str(FORMAT):
        raise JournalError(
            f"{root}: an interrupted change was recorded in format {words[1]!r}; this is format {FORMAT}",
            id="journal-too-new",
            hint="Run the command with the Zephyr that made the change, or a newer one.",
        )

    if sha256(body).hex() != words[2]:
        raise _corrupt(root)

    import json

    try:
        document: dict[str, Any] = json.loads(body)
        recorded = document["root"]
        departures = tuple(_departure(row, recorded, root) for row in document["departures"])
        arrivals = tuple(_arrival(row, recorded, root) for row in document["arrivals"])
    except (ValueError, KeyError, TypeError, IndexError):
        raise _corrupt(root) from None

    return Journal(root, departures, arrivals)


def find(state: str, root: str) -> tuple[Phase, Journal] | None:
    """Return the journal in the folder ``state``, None where nothing is under way."""
    for phase in (Phase.ARRIVING, Phase.LEAVING):
        try:
            with open(f"{state}/{phase.value}", "rb") as file:
                return phase, decode(file.read(), root)
        except FileNotFoundError:
            continue

    return None


def is_pending(state: str) -> bool:
    """Tell cheaply whether a change was interrupted."""
    return any(os.path.lexists(f"{state}/{phase.value}") for phase in Phase)


def begin(journal: Journal, encoded: bytes, state: str, filesystem: FileSystem) -> None:
    """Make the intent durable; from here on the change is undone unless it is finished.

    ``encoded`` is the journal as bytes. Where nothing has to leave, the arrivals may begin at once.
    """
    phase = Phase.LEAVING if journal.departures else Phase.ARRIVING
    draft = f"{state}/journal-draft"

    if os.path.lexists(draft):
        filesystem.unlink(draft)

    filesystem.write(draft, encoded, durable=True)
    filesystem.rename(draft, f"{state}/{phase.value}")
    filesystem.sync_folder(state)


def rename(state: str, phase: Phase, target: str, filesystem: FileSystem) -> None:
    """Give the journal another name: the other phase's, or one that ends the change."""
    filesystem.rename(f"{state}/{phase.value}", target)
    filesystem.sync_folder(state)


def _row(operation: Departure | Arrival, root: str) -> list[Any]:
    match operation:
        case Retire(path, kept, folders):
            return ["retire", _relative(path, root), _relative(kept, root), folders]
        case Make(path):
            return ["make", _relative(path, root)]
        case Place(source, path, tree):
            return ["place", _relative(path, root), _relative(source, root), tree]


def _departure(row: list[Any], recorded: str, root: str) -> Departure:
    kind, path = row[0], _absolute(row[1], recorded, root)

    if kind == "make":
        return Make(path)

    kept = _absolute(row[2], recorded, root)

    if kind != "retire" or not _is_private(kept):
        raise ValueError(kind)

    folders = None if row[3] is None else tuple((_checked(name), int(mode)) for name, mode in row[3])

    return Retire(path, kept, folders)


def _arrival(row: list[Any], recorded: str, root: str) -> Arrival:
    kind, path = row[0], _absolute(row[1], recorded, root)

    if kind == "make":
        return Make(path)

    source = _absolute(row[2], recorded, root)

    if kind != "place" or not _is_private(source):
        raise ValueError(kind)

    return Place(source, path, bool(row[3]))


def _relative(path: str, root: str) -> str:
    return path[len(root) + 1 :] if path.startswith(f"{root}/") else path


def _absolute(path: str, recorded: str, root: str) -> str:
    if not path or not os.path.isabs(_checked(path)):
        return f"{root}/{path}"

    if recorded != root:
        raise JournalError(
            f"{root} was {recorded} when a change was interrupted, and {path} lies outside of it",
            id="journal-moved",
            hint="Move the environment back, or create it anew.",
        )

    return path


def _checked(path: object) -> str:
    if not isinstance(path, str) or ".." in path.split("/"):
        raise ValueError(path)

    return path


def _is_private(path: str) -> bool:
    return not PRIVATE.isdisjoint(path.split("/")[:-1])


def _corrupt(root: str) -> JournalError:
    return JournalError(
        f"{root}: the record of an interrupted change is damaged, so nothing was touched",
        hint="Create the environment anew; the packages' files are still in it and in its .zephyr folder.",
    )
