"""What Zephyr knows of an environment beyond the distributions' own records.

The file ``.zephyr/state`` is replaced as part of each transaction. Losing it loses no package: a
distribution without an entry is treated like one that another tool installed.
"""

from __future__ import annotations

from types import MappingProxyType

from zephyr.dataclass import dataclass
from zephyr.install.errors import StateTooNew

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

FORMAT = 1
NAME = "state"


@dataclass(frozen=True, slots=True)
class Installed:
    """What was installed under one normalized name."""

    version: str
    wheel: str
    """SHA-256 of the wheel."""
    source: str | None = None
    """Digest of the folder that the wheel was built from, None for any other wheel."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One of the distributions that hold a path in common."""

    name: str
    kept: str | None = None
    """Where its own file waits; None for the one whose file is in place."""


@dataclass(frozen=True, slots=True)
class State:
    """The contents of the file; paths are absolute here and relative to the root on the disk."""

    distributions: Mapping[str, Installed] = MappingProxyType({})
    shared: Mapping[str, tuple[Owner, ...]] = MappingProxyType({})
    """Path to its owners in the order of their arrival; only paths with several."""

    def wheels(self) -> frozenset[str]:
        """Return the digests that this environment uses, for the cache's register."""
        return frozenset(installed.wheel for installed in self.distributions.values())


def read_state(folder: str, root: str) -> State:
    """Return the state kept in ``folder``; an empty one where it is missing or damaged.

    Raises StateTooNew for a newer format.
    """
    import json

    try:
        with open(f"{folder}/{NAME}", encoding="utf-8", errors="surrogateescape") as file:
            document: Any = json.load(file)
    except (OSError, ValueError):
        return State()

    if not isinstance(document, dict):
        return State()

    fields: dict[str, Any] = document  # pyright: ignore[reportUnknownVariableType]

    return _parsed(fields, root)


def encode_state(state: State, root: str) -> bytes:
    """Return the file's bytes, the same for equal states."""
    import json

    distributions = {name: _row(entry) for name, entry in state.distributions.items()}
    shared = {
        _relative(path, root): [[owner.name, owner.kept and _relative(owner.kept, root)] for owner in owners]
        for path, owners in state.shared.items()
    }
    document = {"format": FORMAT, "distributions": distributions, "shared": shared}

    return json.dumps(document, sort_keys=True, indent=1).encode()


def _row(entry: Installed) -> list[str]:
    return [entry.version, entry.wheel, *([entry.source] if entry.source is not None else [])]


def _parsed(document: Mapping[str, Any], root: str) -> State:
    version = document.get("format")

    if isinstance(version, int) and version > FORMAT:
        raise StateTooNew(
            f"{root}: its state is of format {version}; this Zephyr knows format {FORMAT}",
            hint="Use the Zephyr that made this environment, or a newer one.",
        )

    try:
        distributions = {
            str(name): Installed(str(entry[0]), str(entry[1]), *(str(source) for source in entry[2:3]))
            for name, entry in document["distributions"].items()
        }
        shared = {_absolute(path, root): _owners(rows, root) for path, rows in document["shared"].items()}
    except (KeyError, TypeError, IndexError, AttributeError, ValueError):
        return State()

    return State(distributions, shared)


def _owners(rows: Iterable[Any], root: str) -> tuple[Owner, ...]:
    return tuple(Owner(str(name), None if kept is None else _absolute(kept, root)) for name, kept in rows)


def _relative(path: str, root: str) -> str:
    return path[len(root) + 1 :] if path.startswith(f"{root}/") else path


def _absolute(path: str, root: str) -> str:
    if ".." in path.split("/"):
        raise ValueError(path)

    return path if path.startswith("/") or ":" in path[:3] else f"{root}/{path}"
