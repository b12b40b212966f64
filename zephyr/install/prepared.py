"""A change of an environment, worked out to the last byte, so that it can be carried out again elsewhere.

"Elsewhere" is an environment at the same path that looks as that one did: made anew, or emptied. What the
change consists of is then nothing but checks, folders, links, written files and moves. It is kept as plain
values, which `marshal` takes (`as_values`); who reads them imports nothing of what planned it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zephyr.install.operations import Make, Place
from zephyr.install.staging import Links, Staging

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from zephyr.install.contents import Contents
    from zephyr.install.destination import Destination
    from zephyr.install.operations import Arrival
    from zephyr.install.plan import Plan
    from zephyr.install.situation import Situation
    from zephyr_cache import Tree


class Looks(NamedTuple):
    """How the files of one section of a cached tree have to look; see `zephyr_cache.Section`."""

    folder: str
    """The cached folder, with ``/`` behind it."""
    paths: list[str]
    sizes: list[int]
    mtimes_ns: list[int]
    executable: list[int]


class Laid(NamedTuple):
    """One distribution: its wheel's digest, its files in the cache, and how they are laid out."""

    wheel: str
    looks: tuple[Looks, ...]
    staging: Staging


class Prepared(NamedTuple):
    """A change in which nothing leaves."""

    destination: tuple[Any, ...]
    """The fields of the `Destination`."""
    private: tuple[Any, ...]
    """The private folders, and the transaction's number, that all paths are worked out for."""
    listed: dict[str, dict[str, bool] | None]
    """The folders that the plan was made for, as `list_folder` gives them."""
    distributions: tuple[Laid, ...]
    arrivals: tuple[Arrival, ...]
    state: bytes
    """The environment's state afterwards."""
    registered: tuple[str, ...]
    """The wheels that it uses then."""

    def as_values(self) -> tuple[Any, ...]:
        """Return the same as tuples, lists and dictionaries alone."""
        rows = [(one.wheel, [*map(tuple, one.looks)], _values(one.staging)) for one in self.distributions]

        return (*self[:3], rows, [*map(tuple, self.arrivals)], *self[5:])

    @classmethod
    def from_values(cls, values: tuple[Any, ...]) -> Prepared:
        """Undo `as_values`."""
        destination, private, listed, rows, arrivals, state, registered = values
        distributions = tuple(
            [Laid(wheel, tuple(map(Looks._make, looks)), _staging(staging)) for wheel, looks, staging in rows]
        )
        moves = tuple([Make(*row) if len(row) == 1 else Place(*row) for row in arrivals])

        return cls(destination, private, listed, distributions, moves, state, registered)


def prepared(
    plan: Plan, contents: Iterable[Contents], staged: Mapping[str, Staging], situation: Situation
) -> Prepared | None:
    """Return what ``plan`` comes down to; None where something leaves, which is another thing each time."""
    from zephyr.install.state import encode_state

    if plan.departures or plan.texts:
        return None

    return Prepared(
        _fields(situation.destination),
        (situation.private.root, dict(situation.private.by_folder), situation.private.number),
        {folder: dict(names) if names is not None else None for folder, names in situation.listed.items()},
        tuple(Laid(one.incoming.wheel.sha256, tuple(_looks(one)), staged[one.name]) for one in contents),
        plan.arrivals,
        encode_state(plan.state, situation.destination.root),
        tuple(plan.state.wheels()),
    )


def _values(staging: Staging) -> tuple[Any, ...]:
    return (*staging[:-1], [*map(tuple, staging.links)])


def _staging(values: tuple[Any, ...]) -> Staging:
    return Staging._make((*values[:-1], tuple(map(Links._make, values[-1]))))


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
    trees: list[Tree | None] = [contents.incoming.wheel.tree, contents.incoming.bytecode]

    for tree in trees:
        for name, columns in tree.sections.items() if tree is not None else ():
            folder = f"{tree.path}/{name}/" if tree is not None else ""
            yield Looks(folder, columns.paths, columns.sizes, columns.mtimes_ns, columns.executable)
