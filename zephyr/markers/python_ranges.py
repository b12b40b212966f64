"""The Pythons that a project supports, cut into ranges within which no marker changes its truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from zephyr.dataclass import dataclass
from zephyr.errors import ZephyrError
from zephyr.markers.cuts import cuts_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.specifiers import SpecifierSet

OLDEST_MINOR = 11
"""Python 3.11 is the oldest that is still maintained: without a lower bound, a project begins here."""
NEWEST_MINOR = 15
"""Python 3.15 is the newest that is released: from here on, one range stands for all that come."""

_FIRST = Version("3.0.0")
_END = Version("4.0.0")
_LOWER_BOUNDS = frozenset({">=", ">", "~=", "==", "==="})


@dataclass(frozen=True, slots=True)
class PythonRange:
    """Releases of Python 3 from ``lower`` to below ``upper``, both of three parts; None is without end."""

    lower: Version
    upper: Version | None

    @property
    def label(self) -> str:
        """``3.11`` for a range that begins with a minor, ``3.11.4`` for one that begins within."""
        lower = self.lower

        return f"{lower.major}.{lower.minor}" + (f".{lower.micro}" if lower.micro else "")


class RequiresPythonImpossible(ZephyrError):
    """A project's requires-python admits no Python."""

    id = "requires-python-impossible"


def python_ranges(requires_python: SpecifierSet, cuts: Iterable[Version] = ()) -> tuple[PythonRange, ...]:
    """Return the ranges that ``requires_python`` admits, newest first.

    They are cut at every minor up to `NEWEST_MINOR`, at the bounds of ``requires_python`` and at
    ``cuts`` (see `zephyr.markers.cuts`). The range behind the last cut has no end: there is no
    Python 4, so nothing from 4 on cuts, and neither does Python 2.

    Raises:
        RequiresPythonImpossible: no Python 3 meets ``requires_python``.

    """
    has_lower_bound = any(specifier.operator in _LOWER_BOUNDS for specifier in requires_python)
    first = _FIRST if has_lower_bound else Version(f"3.{OLDEST_MINOR}.0")

    minors = {Version(f"3.{minor}.0") for minor in range(NEWEST_MINOR + 1)}
    points = minors.union(cuts_in(str(requires_python)), cuts)
    lowers = sorted(point for point in points if first <= point < _END)

    ranges = map(PythonRange, lowers, [*lowers[1:], None])
    admitted = [each for each in ranges if requires_python.contains(each.lower, prereleases=True)]

    if not admitted:
        raise _impossible(requires_python, has_lower_bound)

    return tuple(reversed(admitted))


def _impossible(requires_python: SpecifierSet, has_lower_bound: bool) -> RequiresPythonImpossible:
    begin = "" if has_lower_bound else f" Without a lower bound it begins at Python 3.{OLDEST_MINOR}."

    return RequiresPythonImpossible(
        f"requires-python {str(requires_python)!r} admits no Python",
        hint=f'Correct requires-python in pyproject.toml, for instance to ">=3.{OLDEST_MINOR}".{begin}',
    )
