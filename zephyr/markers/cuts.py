"""Where specifiers and markers change their truth as Python grows newer.

A cut is a release of three parts, the first of a stretch in which a comparison has one truth. Which
releases can be one, every operator of PEP 440 says by the versions it names: those versions, their
successors, and the beginnings and ends of the minors and majors that they belong to. Each of them
is put to the test, so no operator needs a rule of its own.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from zephyr.markers.expressions import Comparison

_VERSION = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?")
_BEYOND = 10**9
"""A minor or patch level that comes after all there are."""
_PARTS = {"python_version": 2, "python_full_version": 3}
"""How many parts the value of a variable has."""

_Release = tuple[int, int, int]


@lru_cache(maxsize=1 << 12)
def cuts_in(specifier: str) -> frozenset[Version]:
    """Return the cuts of a version specifier, of Requires-Python; none for what is no specifier."""
    try:
        specifiers = SpecifierSet(specifier)
    except InvalidSpecifier:
        return frozenset()

    def holds(release: _Release) -> bool:
        return specifiers.contains(_shown(release), prereleases=True)

    return _cuts(specifier, holds)


@lru_cache(maxsize=1 << 12)
def cuts_of(comparison: Comparison) -> frozenset[Version]:
    """Return the cuts of a comparison of ``python_version`` or ``python_full_version``; none for others."""
    parts = _PARTS.get(comparison.variable, 0)

    if parts == 0:
        return frozenset()

    @cache
    def holds_for(value: str) -> bool:
        return comparison.marker.evaluate({comparison.variable: value})

    try:
        return _cuts(comparison.value, lambda release: holds_for(_shown(release[:parts])))
    except ValueError:
        # A comparison without a meaning (PEP 508) has no truth that could change.
        return frozenset()


def _cuts(text: str, holds: Callable[[_Release], bool]) -> frozenset[Version]:
    candidates = {release for found in _VERSION.finditer(text) for release in _beside(found)}

    return frozenset(
        Version(_shown(release)) for release in candidates if holds(release) != holds(_before(release))
    )


def _shown(parts: Iterable[int]) -> str:
    return ".".join(map(str, parts))


def _beside(found: re.Match[str]) -> Iterator[_Release]:
    major, minor, micro = (int(part or 0) for part in found.groups())

    yield major, minor, micro
    yield major, minor, micro + 1
    yield major, minor, 0
    yield major, minor + 1, 0
    yield major, 0, 0
    yield major + 1, 0, 0


def _before(release: _Release) -> _Release:
    major, minor, micro = release

    if micro:
        return major, minor, micro - 1

    if minor:
        return major, minor - 1, _BEYOND

    return max(major - 1, 0), _BEYOND, _BEYOND
