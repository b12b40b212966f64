"""Verdicts on all files of a listing: which one is used for which versions, and why others have none.

What was concluded for a target is kept with what is known of the project, so that the files of a listing
are judged once, and not again in each run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zephyr.dataclass import values_of
from zephyr.metadata import reasons
from zephyr.metadata.choices import Picked
from zephyr.solver.provider import Restriction

if TYPE_CHECKING:
    from collections.abc import Mapping


class Verdict(NamedTuple):
    """What the judgement of all files comes to. Version sets as `zephyr.solver.version_set` has them."""

    picked: Mapping[Picked, int]
    """The files that are used, each with the versions that it is the file of."""
    restrictions: tuple[Restriction, ...]
    """The versions without such a file."""


def pack_verdict(verdict: Verdict) -> tuple[Any, ...]:
    """Return a verdict in plain values."""
    picked = tuple((tuple(file), versions) for file, versions in verdict.picked.items())
    excluded = tuple((one.excluded, _pack_reason(one.reason)) for one in verdict.restrictions)

    return picked, excluded


def unpack_verdict(row: tuple[Any, ...]) -> Verdict:
    """Return the verdict that `pack_verdict` was given."""
    picked, excluded = row

    return Verdict(
        {Picked._make(file): versions for file, versions in picked},
        tuple(Restriction(versions, _unpack_reason(*reason)) for versions, reason in excluded),
    )


def _pack_reason(reason: object) -> tuple[str, tuple[Any, ...]]:
    return type(reason).__name__, values_of(reason)


def _unpack_reason(name: str, fields: tuple[Any, ...]) -> object:
    return getattr(reasons, name)(*fields)
