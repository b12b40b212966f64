"""A change of an environment, worked out to the last byte, so that it can be carried out again.

That is possible in an environment at the same path that looks as that one did: made anew, or emptied. The
change is then nothing but checks, folders, links, written files and moves. It is kept as plain values, which
`marshal` takes (`as_values`); who reads them imports nothing of what planned it.
"""

from __future__ import annotations

from zephyr.dataclass import dataclass
from zephyr.install.operations import Make, Place
from zephyr.install.staging import Staging

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from zephyr.install.contents import Contents
    from zephyr.install.destination import Destination
    from zephyr.install.operations import Arrival
    from zephyr.install.plan import Plan
    from zephyr.install.situation import Situation


Looks = tuple[str, list[str], list[int], list[int], list[int]]
"""How the files of one section of a cached tree have to look: the cached folder with ``/`` behind it, paths,
sizes, times and the places of the executable ones; see `zephyr_cache.checking.differing`."""


@dataclass(frozen=True, slots=True)
class Laid:
    """One distribution: its wheel's digest, its files in the cache, and how they are laid out."""

    wheel: str
    looks: tuple[Looks, ...]
    staging: Staging


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change in which nothing leaves."""

    destination: tuple[Any, ...]
    """The fields of the `Destination`."""
    private: tuple[Any, ...]
    """The private folders, and the transaction's number, that all paths are worked out for."""
    listed: dict[str, dict[str, bool] | None]
    """The folders that the plan was made for, as `list_folder` gives them."""
    distributions: tuple[Laid, ...]
    arrivals: tuple[Arrival, ...]
    journal: bytes
    """These, and that of the state, as the transaction writes them down."""
    state: bytes
    """The environment's state afterwards."""
    registered: tuple[str, ...]
    """The wheels that it uses then."""

    def as_values(self) -> tuple[Any, ...]:
        """Return the same as tuples, lists and dictionaries alone."""
        rows = [(one.wheel, one.looks, one.staging.as_values()) for one in self.distributions]
        moves = [_row(arrival) for arrival in self.arrivals]

        first, last = (
            (self.destination, self.private, self.listed),
            (self.journal, self.state, self.registered),
        )

        return *first, rows, moves, *last

    @classmethod
    def from_values(cls, values: tuple[Any, ...]) -> Prepared:
        """Undo `as_values`."""
        destination, private, listed, rows, moves, *last = values
        distributions = tuple([Laid(wheel, looks, Staging(*staging)) for wheel, looks, staging in rows])
        arrivals = tuple([Make(*row) if len(row) == 1 else Place(*row) for row in moves])

        return cls(destination, private, listed, distributions, arrivals, *last)


def prepared(
    plan: Plan,
    contents: Iterable[Contents],
    staged: Mapping[str, Staging],
    situation: Situation,
    journal: bytes,
) -> Prepared | None:
    """Return what ``plan`` comes down to; None where something leaves, which is another thing each time.

    So does the state of an environment that Zephyr has changed before. ``journal`` is what the transaction
    wrote before it moved anything.
    """
    from zephyr.install.state import NAME, encode_state

    had_state = NAME in (situation.listed.get(situation.private.root) or ())

    if plan.departures or plan.texts or had_state:
        return None

    return Prepared(
        _fields(situation.destination),
        (situation.private.root, dict(situation.private.by_folder), situation.private.number),
        {folder: dict(names) if names is not None else None for folder, names in situation.listed.items()},
        tuple(Laid(one.incoming.wheel.sha256, tuple(_looks(one)), staged[one.name]) for one in contents),
        plan.arrivals,
        journal,
        encode_state(plan.state, situation.destination.root),
        tuple(plan.state.wheels()),
    )


def _row(arrival: Arrival) -> tuple[Any, ...]:
    return (arrival.path,) if isinstance(arrival, Make) else (arrival.source, arrival.path, arrival.tree)


def _fields(destination: Destination) -> tuple[Any, ...]:
    return (
        destination.root,
        dict(destination.folders),
        destination.executable,
        destination.platform,
        destination.machine,
        destination.is_plain,
    )


def _looks(contents: Contents) -> Iterator[Looks]:
    wheel, bytecode = contents.incoming.wheel, contents.incoming.bytecode

    for tree in (wheel.tree, bytecode) if bytecode is not None else (wheel.tree,):
        for name, columns in tree.sections.items():
            folder = f"{tree.path}/{name}/"
            yield folder, columns.paths, columns.sizes, columns.mtimes_ns, columns.executable
