"""Paths that several distributions claim: who wins, and where the others' files are kept. Pure.

Of the incoming distributions the last one in installation order wins (`installation_order`), and an
incoming one wins over those that stay. The files that lose are kept, so that uninstalling the winner
puts the survivor's file back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zephyr.dataclass import dataclass, field
from zephyr.install.state import Owner

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName

    from zephyr.install.contents import Contents
    from zephyr.install.files import Content
    from zephyr.install.owned import Owned
    from zephyr.install.private import PrivateFolders
    from zephyr.install.state import State


class Collision(NamedTuple):
    """One path with several owners."""

    path: str
    owners: tuple[str, ...]
    """In order; the file of the last one is in place."""
    identical: bool
    """Whether all incoming files have the same bytes, so that nobody is harmed."""


@dataclass(slots=True)
class Claims:
    """The outcome for all paths."""

    arriving: dict[str, tuple[str, Content]] = field(default_factory=dict[str, "tuple[str, Content]"])
    """Path to the incoming distribution whose file goes there."""
    keeping: list[tuple[str, Content, str]] = field(default_factory=list["tuple[str, Content, str]"])
    """Incoming files that lose: distribution, file, where it is kept."""
    displaced: dict[str, str] = field(default_factory=dict[str, str])
    """Path in the environment to where its file, which loses now, is kept."""
    restored: dict[str, str] = field(default_factory=dict[str, str])
    """Path in the environment to the kept file that returns there."""
    forgotten: list[str] = field(default_factory=list[str])
    """Kept files of distributions that leave."""
    staying: set[str] = field(default_factory=set[str])
    """Paths of leaving distributions that others still own."""
    shared: dict[str, tuple[Owner, ...]] = field(default_factory=dict[str, tuple[Owner, ...]])
    collisions: list[Collision] = field(default_factory=list[Collision])


def installation_order(contents: Iterable[Contents]) -> list[Contents]:
    """Sort dependencies first, then by name; a cycle is entered at its first name."""
    by_name: dict[NormalizedName, Contents] = {one.name: one for one in contents}
    ordered: dict[NormalizedName, Contents] = {}
    seen: set[NormalizedName] = set()

    for start in sorted(by_name):
        pending = [(start, False)]

        while pending:
            name, finished = pending.pop()

            if finished:
                ordered[name] = by_name[name]
            elif name in by_name and name not in seen:
                seen.add(name)
                pending.append((name, True))
                dependencies = sorted(by_name[name].incoming.dependencies, reverse=True)
                pending += [(dependency, False) for dependency in dependencies]

    return list(ordered.values())


def claims(
    incoming: Sequence[Contents],
    leaving: Sequence[Owned],
    staying: Sequence[Owned],
    state: State,
    private: PrivateFolders,
) -> Claims:
    """Settle every path of ``incoming`` (in installation order) and of ``leaving``."""
    result = Claims()
    contenders: dict[str, list[tuple[str, Content]]] = {}

    for distribution in incoming:
        name = distribution.name

        for content in distribution.files:
            contenders.setdefault(content.final, []).append((name, content))

    present = {owned.name for owned in staying}
    left = {path for owned in leaving for path in owned.files}
    relevant = contenders.keys() | left
    holders: dict[str, list[str]] = {}

    for owned in staying:
        for path in owned.files & relevant:
            holders.setdefault(path, []).append(owned.name)

    contested = {path for path, claimants in contenders.items() if len(claimants) > 1}
    contested |= holders.keys() | state.shared.keys()
    result.arriving.update(
        {path: claimants[0] for path, claimants in contenders.items() if path not in contested}
    )

    for path in sorted(contested):
        owners = state.shared.get(path) or tuple(Owner(name) for name in sorted(holders.get(path, ())))
        _settle(path, owners, present, contenders.get(path, []), private, result)

    return result


def _settle(
    path: str,
    owners: Sequence[Owner],
    present: set[NormalizedName],
    contenders: Sequence[tuple[str, Content]],
    private: PrivateFolders,
    result: Claims,
) -> None:
    """Work out the owners of one path from those it has, those that leave and those that come."""
    remaining = [owner for owner in owners if owner.name in present]
    result.forgotten += [
        owner.kept for owner in owners if owner.name not in present and owner.kept is not None
    ]
    in_place = any(owner.kept is None for owner in remaining)

    if contenders:
        remaining = _displace(path, remaining, private, result)
        remaining += _admit(path, contenders, private, result)
    elif remaining and in_place:
        result.staying.add(path)
    elif remaining and (kept := remaining[-1].kept) is not None:
        result.restored[path] = kept
        remaining[-1] = Owner(remaining[-1].name)

    if len(remaining) > 1:
        result.shared[path] = tuple(remaining)

    if contenders and len(remaining) > 1:
        digests = {content.sha256 for _, content in contenders}
        identical = len(digests) == 1 and len(contenders) == len(remaining)
        result.collisions.append(Collision(path, tuple(owner.name for owner in remaining), identical))


def _displace(path: str, remaining: Sequence[Owner], private: PrivateFolders, result: Claims) -> list[Owner]:
    displaced: list[Owner] = []

    for owner in remaining:
        if owner.kept is None:
            # Two tools may have left several owners of the one file that is in place.
            kept = result.displaced.setdefault(path, private.shadowed(path, _next_index(result)))
            displaced.append(Owner(owner.name, kept))
        else:
            displaced.append(owner)

    return displaced


def _admit(
    path: str,
    contenders: Sequence[tuple[str, Content]],
    private: PrivateFolders,
    result: Claims,
) -> list[Owner]:
    *losers, (winner, content) = contenders
    admitted: list[Owner] = []

    for name, losing in losers:
        kept = private.shadowed(path, _next_index(result))
        result.keeping.append((name, losing, kept))
        admitted.append(Owner(name, kept))

    result.arriving[path] = (winner, content)

    return [*admitted, Owner(winner)]


def _next_index(result: Claims) -> int:
    return len(result.keeping) + len(result.displaced)
