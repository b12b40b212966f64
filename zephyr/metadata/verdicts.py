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
    from collections.abc import Iterator, Mapping

    from zephyr.metadata.judgement import Judge
    from zephyr.metadata.reasons import Reason
    from zephyr.metadata.target import Target
    from zephyr.model.releases import Releases


class Verdict(NamedTuple):
    """What the judgement of all files comes to. Version sets as `zephyr.solver.version_set` has them."""

    picked: Mapping[Picked, int]
    """The files that are used, each with the versions that it is the file of."""
    restrictions: tuple[Restriction, ...]
    """The versions without such a file."""


def verdict_of(
    releases: Releases,
    judge: Judge,
    target: Target,
    pinned: int,
    verdicts: dict[Any, tuple[Any, ...]] | None = None,
) -> Verdict:
    """Judge all files; ``pinned`` is the version set of those that may be yanked.

    ``verdicts`` are those on the same files of earlier runs, for whatever environments; they are looked up
    and added to.
    """
    if verdicts is None or not target.key or judge.looks_at_files:
        return _shared_verdict(releases, judge, target, pinned)

    key = (target.key, *judge.formats, pinned)
    row = verdicts.get(key)

    if row is not None:
        return unpack_verdict(row)

    verdict = _shared_verdict(releases, judge, target, pinned)
    verdicts[key] = pack_verdict(verdict)

    return verdict


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


def _shared_verdict(releases: Releases, judge: Judge, target: Target, pinned: int) -> Verdict:
    """Judge all files; as they were judged for another environment, where that had the same to say."""
    if judge.looks_at_files or not target.is_one_of_many:
        return _judge_all(releases, judge, pinned)

    key = (judge.signature(releases.asked), pinned)
    found = releases.judged.get(key)

    if not isinstance(found, Verdict):
        found = releases.judged[key] = _judge_all(releases, judge, pinned)

        return found

    restrictions = (Restriction(each.excluded, target.here(each.reason)) for each in found.restrictions)

    return Verdict(found.picked, tuple(restrictions))


def _judge_all(releases: Releases, judge: Judge, pinned: int) -> Verdict:
    picked: dict[Picked, int] = {}
    excluded: dict[Reason, int] = {}

    for versions, found in _judged(releases, judge, pinned):
        if isinstance(found, Picked):
            picked[found] = picked.get(found, 0) | versions
        else:
            excluded[found] = excluded.get(found, 0) | versions

    restrictions = (Restriction(excluded[reason], reason) for reason in sorted(excluded, key=judge.stage))

    return Verdict(picked, tuple(restrictions))


def _judged(releases: Releases, judge: Judge, pinned: int) -> Iterator[tuple[int, Picked | Reason]]:
    """Yield version sets with the file that is picked in all of them, or with what speaks against them."""
    summary = releases.summary

    if judge.looks_at_files:
        for place in range(len(releases.versions)):
            files = releases.files(place)
            ranking = judge.ranking(releases.kinds(place), files, pinned=bool(pinned & 2 << place))
            yield 2 << place, ranking.choose(range(len(files)))

        return

    for some, is_pinned in ((~pinned, False), (pinned, True)):
        if not some:
            continue

        ranking = judge.ranking(summary.kinds, pinned=is_pinned)

        for profile in summary.profiles:
            if profile.versions & some:
                yield profile.versions & some, ranking.choose(profile.kinds)
