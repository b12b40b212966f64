"""One more file among the files of a project, without looking at the others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from zephyr.model.artifact import Artifact
from zephyr.model.releases import DIGEST_SIZE, Profile, Releases, Summary

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.model.releases import Kind


def with_file(releases: Releases, artifact: Artifact, name: NormalizedName) -> Releases:
    """Return ``releases``, those of project ``name``, with one more file, after any of the same name.

    They have it where `Releases.of` would put it. Files are looked at only of the version that it is of.
    """
    one = Releases.of((artifact,), name)

    if not one.versions:
        return Releases(
            releases.summary._replace(digests=releases.summary.digests + one.summary.digests),
            _FilesAndOne(releases, len(releases), artifact),
        )

    (version,) = one.versions
    (kind,) = one.summary.kinds
    place = releases.find(version)

    if place is None:
        place = bisect_left(releases.versions, version)
        at = releases.summary.starts[place]
        summary = _with_version(releases.summary, place, one.summary, kind)
    else:
        starts = releases.summary.starts
        names = [releases[file].filename for file in range(starts[place], starts[place + 1])]
        number = bisect_right(names, artifact.filename)
        at = starts[place] + number
        summary = _with_kind(releases.summary, place, number, kind)

    cut = at * DIGEST_SIZE
    digests = summary.digests[:cut] + one.summary.digests + summary.digests[cut:]

    return Releases(summary._replace(digests=digests), _FilesAndOne(releases, at, artifact))


class _FilesAndOne(Sequence[Artifact]):
    """Files, and one more at a place among them."""

    def __init__(self, files: Sequence[Artifact], at: int, one: Artifact) -> None:
        self._files = files
        self._at = at
        self._one = one

    def __len__(self) -> int:
        return len(self._files) + 1

    @overload
    def __getitem__(self, place: int) -> Artifact: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Artifact]: ...
    def __getitem__(self, place: int | slice) -> Artifact | Sequence[Artifact]:
        if isinstance(place, slice):
            return (*self._files[: self._at], self._one, *self._files[self._at :])[place]

        place = range(len(self))[place]

        return self._one if place == self._at else self._files[place - (place > self._at)]


def _with_version(summary: Summary, place: int, one: Summary, kind: Kind) -> Summary:
    """Return a summary with a new version at ``place`` that has one file; its digests are as they were."""
    below = (2 << place) - 1

    def parted(versions: int) -> int:
        return versions & below | (versions & ~below) << 1

    profiles = [Profile(shared, parted(versions)) for shared, versions in summary.profiles]
    kinds, number = _numbered(summary, kind)

    return Summary(
        (*summary.versions[:place], *one.versions, *summary.versions[place:]),
        parted(summary.stable) | (2 << place if one.stable else 0),
        kinds,
        _with_profile(profiles, (number,), 2 << place),
        (*summary.starts[: place + 1], *(start + 1 for start in summary.starts[place:])),
        summary.digests,
    )


def _with_kind(summary: Summary, place: int, number: int, kind: Kind) -> Summary:
    """Return a summary with a file more of the version at ``place``; its digests are as they were."""
    bit = 2 << place
    kinds, added = _numbered(summary, kind)
    before = next(shared for shared, versions in summary.profiles if versions & bit)
    profiles = [Profile(shared, versions & ~bit) for shared, versions in summary.profiles]

    return summary._replace(
        kinds=kinds,
        profiles=_with_profile(profiles, (*before[:number], added, *before[number:]), bit),
        starts=(*summary.starts[: place + 1], *(start + 1 for start in summary.starts[place + 1 :])),
    )


def _numbered(summary: Summary, kind: Kind) -> tuple[tuple[Kind, ...], int]:
    """Return the kinds with another one, and its number."""
    kinds = tuple(summary.kinds)

    return (kinds, kinds.index(kind)) if kind in kinds else ((*kinds, kind), len(kinds))


def _with_profile(profiles: Sequence[Profile], kinds: tuple[int, ...], versions: int) -> tuple[Profile, ...]:
    """Return the profiles of which something is left, some versions more having files of ``kinds``."""
    found = {shared: before for shared, before in profiles if before}
    found[kinds] = found.get(kinds, 0) | versions

    return tuple(Profile(*profile) for profile in found.items())
