"""Turns what is wanted and what is there into an exact list of operations. Pure.

Nothing is deleted that no distribution owns: a user's file in the way, and a package's file that a
user has edited, are moved to ``.zephyr-saved`` and reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zephyr.install.arrivals import arrivals
from zephyr.install.collisions import claims, installation_order
from zephyr.install.departures import departures
from zephyr.install.errors import PlanError
from zephyr.install.operations import Place
from zephyr.install.protection import refuse_protected, refuse_self_change
from zephyr.install.state import Installed, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from packaging.utils import NormalizedName

    from zephyr.install.collisions import Collision
    from zephyr.install.contents import Contents
    from zephyr.install.operations import Arrival, Departure
    from zephyr.install.owned import Owned
    from zephyr.install.situation import Situation


class PlanOptions(NamedTuple):
    """What the user decided about plans."""

    refuse_collisions: bool = False
    """``--collisions=error``: distributions whose differing files share a path are refused."""
    protected: Set[NormalizedName] = frozenset()
    """What Zephyr itself runs on, where it lives in this environment."""


class Plan(NamedTuple):
    """One change of an environment, complete: a transaction only carries it out."""

    adds: tuple[NormalizedName, ...]
    replacements: tuple[NormalizedName, ...]
    removals: tuple[NormalizedName, ...]
    departures: tuple[Departure, ...]
    arrivals: tuple[Arrival, ...]
    state: State
    """What the environment's state is afterwards."""
    collisions: tuple[Collision, ...]
    saved: tuple[tuple[str, str], ...]
    """Users' files that are moved: from, to."""
    warnings: tuple[str, ...]
    texts: Mapping[str, bytes]
    """Private files that the transaction writes, since some of the arrivals bring them in."""


def make_plan(
    incoming: Sequence[Contents],
    leaving: Sequence[Owned],
    situation: Situation,
    options: PlanOptions | None = None,
) -> Plan:
    """Plan to install ``incoming`` and to remove ``leaving``.

    A name in both is replaced. ``situation`` was observed for the same two under the environment's
    lock. Raises PlanError, before anything has changed.
    """
    options = options or PlanOptions()
    arriving_names = {contents.name for contents in incoming}
    leaving_names = {owned.name for owned in leaving}
    refuse_self_change(arriving_names | leaving_names, options.protected)
    refuse_protected(incoming, situation.destination)

    ordered = installation_order(situation.fresh.rest)
    settled = claims(ordered, leaving, situation.staying, situation.state, situation.private)

    if options.refuse_collisions:
        _refuse_collisions(settled.collisions)

    rewritten = _rewritten(leaving, situation)
    going = departures(leaving, settled, situation, rewritten)
    coming = arrivals(ordered, settled, going, situation)
    sources = [situation.private.text(path, index) for index, path in enumerate(rewritten)]

    return Plan(
        adds=tuple(sorted(arriving_names - leaving_names)),
        replacements=tuple(sorted(arriving_names & leaving_names)),
        removals=tuple(sorted(leaving_names - arriving_names)),
        departures=going.operations,
        arrivals=(*coming, *(Place(source, path) for source, path in zip(sources, rewritten, strict=True))),
        state=State(_distributions(incoming, situation), settled.shared),
        collisions=tuple(settled.collisions),
        saved=tuple(sorted(going.saved.items())),
        warnings=tuple(warning for owned in leaving for warning in owned.warnings),
        texts=dict(zip(sources, rewritten.values(), strict=True)),
    )


def _rewritten(leaving: Sequence[Owned], situation: Situation) -> dict[str, bytes]:
    """Return the shared files as they are without the lines of ``leaving``."""
    dropped: dict[str, set[bytes]] = {}

    for owned in leaving:
        for path, lines in owned.lines.items():
            dropped.setdefault(path, set()).update(lines)

    return {
        path: b"".join(line for line in situation.texts[path].splitlines(keepends=True) if line not in lines)
        for path, lines in sorted(dropped.items())
    }


def _distributions(incoming: Sequence[Contents], situation: Situation) -> dict[str, Installed]:
    present = {owned.name for owned in situation.staying}
    kept = {name: entry for name, entry in situation.state.distributions.items() if name in present}

    for contents in incoming:
        wheel = contents.incoming.wheel
        kept[wheel.name] = Installed(str(wheel.version), wheel.sha256, contents.incoming.source)

    return dict(sorted(kept.items()))


def _refuse_collisions(collisions: Sequence[Collision]) -> None:
    differing = [collision for collision in collisions if not collision.identical]

    if not differing:
        return

    first = differing[0]
    lines = tuple(f"{collision.path}: {', '.join(collision.owners)}" for collision in differing)

    raise PlanError(
        f"{' and '.join(first.owners)} both hold {first.path!r}",
        id="collision",
        hint="Without --collisions=error the last of them wins, and the other's file is kept.",
        details=lines,
    )
