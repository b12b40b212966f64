"""Specifiers as version sets: which of a universe's versions a PEP 440 specifier admits.

Membership is the one of ``packaging`` with pre-releases let in (which of the members is taken is a
matter of preference, not of membership). Comparisons with a plain release are intervals of the
ascending list, found by bisection; everything else is asked version by version.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from packaging.specifiers import Specifier
from packaging.version import Version

from zephyr.solver.version_set import any_version

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLAIN = re.compile(r"(>=|<=|==|!=|~=|>|<)\s*((?:\d{1,9}!)?\d{1,18}(?:\.\d{1,18})*)(\.\*)?")


def matching_clause(versions: Sequence[Version], clause: str) -> int:
    """Return the version set of one clause (``>=1.0``) over ``versions``, ascending.

    Raises `packaging.specifiers.InvalidSpecifier` for text that is no clause.
    """
    plain = _PLAIN.fullmatch(clause)

    if plain is None:
        return _asked_one_by_one(versions, clause)

    operator, release, wildcard = plain.groups()

    if wildcard:
        if operator not in {"==", "!="}:
            return _asked_one_by_one(versions, clause)

        found = _prefixed(versions, release)
    elif operator == "~=":
        prefix, dot, _ = release.rpartition(".")

        if not dot:
            return _asked_one_by_one(versions, clause)

        found = _prefixed(versions, prefix) & _compared(versions, ">=", Version(release))
    else:
        found = _compared(versions, operator, Version(release))

    return any_version(len(versions)) & ~found if operator == "!=" else found


def _compared(versions: Sequence[Version], operator: str, bound: Version) -> int:
    """Return the interval of a comparison with a plain release.

    ``==`` and ``<=`` take in the local versions of the bound; ``<`` leaves out its pre-releases, and
    ``>`` its post-releases and local versions.
    """
    if operator == ">=":
        return _places(bisect_left(versions, bound), len(versions))

    if operator == "<":
        return _places(0, bisect_left(versions, Version(f"{bound}.dev0")))

    after = bisect_left(versions, Version(f"{bound}.post0.dev0"))

    if operator == "<=":
        return _places(0, after)

    if operator == ">":
        first = bisect_right(versions, bound)

        while first < len(versions) and Version(versions[first].base_version) == bound:
            first += 1

        return _places(first, len(versions))

    return _places(bisect_left(versions, bound), after)


def _prefixed(versions: Sequence[Version], release: str) -> int:
    """Return the interval of ``==release.*``: from its first development release to before the next."""
    *head, last = release.rpartition("!")
    segments = last.split(".")
    segments[-1] = str(int(segments[-1]) + 1)
    following = Version("".join(head) + ".".join(segments) + ".dev0")

    return _places(bisect_left(versions, Version(f"{release}.dev0")), bisect_left(versions, following))


def _asked_one_by_one(versions: Sequence[Version], clause: str) -> int:
    specifier = Specifier(clause)
    found = 0

    for place, version in enumerate(versions):
        if specifier.contains(version, prereleases=True):
            found |= 2 << place

    return found


def _places(first: int, end: int) -> int:
    return ((1 << (end - first)) - 1) << (first + 1) if end > first else 0
