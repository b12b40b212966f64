"""Version sets: sets of one package's versions, held in one ``int`` each.

Bit 0 means "not selected", bit ``i + 1`` the ``i``-th version of the universe, ascending. One ``int``
is thereby one whole term of an incompatibility: it is positive ("selected, and inside") where bit 0
is clear and negative ("not selected, or outside") where it is set. Intersection is ``&``, union
``|``, and "``a`` lies inside ``b``" is ``not a & ~b``; only what is not one operator has a name here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

VersionSet: TypeAlias = int

NOT_SELECTED: VersionSet = 1
"""The set that holds no version."""


def everything(count: int) -> VersionSet:
    """Return the set of ``count`` versions together with "not selected": the term that is always true."""
    return (1 << (count + 1)) - 1


def any_version(count: int) -> VersionSet:
    """Return the set of all ``count`` versions."""
    return ((1 << count) - 1) << 1


def single(version: int) -> VersionSet:
    """Return the set of the one version with that place in the universe."""
    return 1 << (version + 1)


def newest(versions: VersionSet) -> int:
    """Return the highest place in a set that holds a version."""
    return versions.bit_length() - 2


def oldest(versions: VersionSet) -> int:
    """Return the lowest place in a set of versions (bit 0 clear, not empty)."""
    return (versions & -versions).bit_length() - 2


def is_positive(term: VersionSet) -> bool:
    """Say whether the term demands that the package be selected."""
    return not term & NOT_SELECTED


def places(versions: VersionSet) -> Iterator[int]:
    """Yield the place of every version in the set, ascending; "not selected" is passed over."""
    versions &= ~NOT_SELECTED
    while versions:
        lowest = versions & -versions
        yield lowest.bit_length() - 2
        versions ^= lowest


def runs(versions: VersionSet) -> Iterator[tuple[int, int]]:
    """Yield the unbroken runs of versions as ``(first, last)`` places, ascending."""
    rest = versions >> 1
    offset = 0
    while rest:
        gap = (rest & -rest).bit_length() - 1
        rest >>= gap
        length = (~rest & (rest + 1)).bit_length() - 1
        rest >>= length
        yield offset + gap, offset + gap + length - 1
        offset += gap + length
