"""The environments of a lock: the usual ones, what markers add to them, and what a project declares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from zephyr.errors import UsageError
from zephyr.markers.cuts import cuts_in
from zephyr.markers.environments import MarkerEnvironment
from zephyr.markers.foreign import foreign_platforms
from zephyr.markers.grid import Grid
from zephyr.markers.literals import NO_LITERALS, Literals, literals_in
from zephyr.markers.platforms import DEFAULT_PLATFORMS, platform_named
from zephyr.markers.python_ranges import python_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zephyr.markers.python_ranges import PythonRange

Target = Mapping[str, str] | str
"""What a project declares: ``{ python = ">=3.11", platform = "linux-x86_64" }``, or a marker (PEP 508)."""


class TargetEmpty(UsageError):
    """A declared target keeps no environment."""

    id = "target-empty"


class TargetInvalid(UsageError):
    """A declared target cannot be understood."""

    id = "target-invalid"


def default_environments(ranges: Iterable[PythonRange]) -> tuple[MarkerEnvironment, ...]:
    """Return CPython of every range on every default platform, the ranges in their order."""
    return tuple(MarkerEnvironment(python, platform) for python in ranges for platform in DEFAULT_PLATFORMS)


def expanded(environments: Sequence[MarkerEnvironment], literals: Literals) -> tuple[MarkerEnvironment, ...]:
    """Return ``environments``, and behind them those that have what only ``literals`` speak of.

    A platform or an implementation that none of the environments has is added for every Python of
    theirs; an implementation, on every platform.
    """
    pythons = tuple(dict.fromkeys(environment.python for environment in environments))
    platforms = tuple(dict.fromkeys(environment.platform for environment in environments))
    foreign = foreign_platforms(platforms, literals)
    implementations = literals.implementations - {each.implementation for each in environments}

    on_platforms = [MarkerEnvironment(python, platform) for python in pythons for platform in foreign]
    by_implementations = [
        MarkerEnvironment(python, platform, implementation)
        for implementation in sorted(implementations)
        for python in pythons
        for platform in (*platforms, *foreign)
    ]

    return (*environments, *on_platforms, *by_implementations)


def declared(
    targets: Iterable[Target], requires_python: SpecifierSet, literals: Literals = NO_LITERALS
) -> tuple[MarkerEnvironment, ...]:
    """Return the environments that targets keep, in their order, told apart as ``literals`` do.

    A table keeps CPython on the platforms it names (see `platform_named`; without a name, the default
    ones). A marker chooses among the default environments, expanded by all literals and its own.

    Raises:
        TargetEmpty: a target keeps nothing within ``requires_python``.
        TargetInvalid: a marker or a range of Pythons cannot be understood.
        PlatformUnknown: a table names a platform that there is not.
        RequiresPythonImpossible: ``requires_python`` admits no Python.

    """
    entries = tuple(targets)
    finer = reduce(Literals.__or__, map(_literals_of, entries), literals)
    ranges = python_ranges(requires_python, finer.cuts)
    kept: dict[MarkerEnvironment, None] = {}

    for entry in entries:
        found = _of_marker(entry, ranges, finer) if isinstance(entry, str) else _of_table(entry, ranges)

        if not found:
            raise TargetEmpty(
                f"The target {_shown(entry)} keeps no environment",
                hint=f"It must leave some of the Pythons that the project supports ({requires_python}).",
            )

        kept.update(dict.fromkeys(found))

    return tuple(kept)


def _literals_of(target: Target) -> Literals:
    if isinstance(target, str):
        return literals_in(target)

    return Literals(cuts=cuts_in(target.get("python", "")))


def _of_marker(
    marker: str, ranges: Sequence[PythonRange], literals: Literals
) -> tuple[MarkerEnvironment, ...]:
    environments = expanded(default_environments(ranges), literals)

    try:
        mask = Grid(environments).mask(marker)
    except ValueError as error:
        raise TargetInvalid(
            f"The target {marker!r} is no environment marker",
            hint="Write a marker such as \"sys_platform == 'linux'\", or a table.",
        ) from error

    return tuple(environment for at, environment in enumerate(environments) if mask >> at & 1)


def _of_table(target: Mapping[str, str], ranges: Sequence[PythonRange]) -> tuple[MarkerEnvironment, ...]:
    platforms = platform_named(target["platform"]) if target.get("platform") else DEFAULT_PLATFORMS

    try:
        pythons = SpecifierSet(target.get("python", ""))
    except InvalidSpecifier as error:
        raise TargetInvalid(
            f"The target {_shown(target)} has no valid range of Pythons", hint='Write it as ">=3.11,<3.14".'
        ) from error

    return tuple(
        MarkerEnvironment(python, platform)
        for python in ranges
        if pythons.contains(python.lower, prereleases=True)
        for platform in platforms
    )


def _shown(target: Target) -> str:
    if isinstance(target, str):
        return repr(target)

    return "{ " + ", ".join(f'{key} = "{value}"' for key, value in target.items()) + " }"
