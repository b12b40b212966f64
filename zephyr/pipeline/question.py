"""What an install asks of a resolve: for which Python, and what of the environment is to stay. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.environments.foreign_target import foreign
from zephyr.metadata.meanings import Meanings, key_of
from zephyr.metadata.request import ResolveRequest
from zephyr.metadata.requirements import InvalidRootRequirement, parse_root
from zephyr.metadata.target import AnyPython, Target
from zephyr.model.names import canonicalize_name
from zephyr.pipeline.python_ranges import check_python
from zephyr.pipeline.request import UpgradeStrategy
from zephyr.pipeline.requested_place import is_place, places_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.requirements import Requirement
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.metadata.packs import PackStore
    from zephyr.metadata.requirements import RootRequirement
    from zephyr.metadata.requirements_file import RequirementLine
    from zephyr.model.environment import Environment, EnvironmentKind, InstalledDistribution
    from zephyr.pipeline.request import InstallRequest
    from zephyr.pipeline.requested_place import RequestedPlace

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(?=\s*([\[(<>=!~;,@]|$))")
"""The name that a requirement begins with."""


def question_of(
    request: InstallRequest,
    environment: Environment,
    installed: Mapping[NormalizedName, InstalledDistribution],
    store: PackStore | None = None,
) -> ResolveRequest:
    """Return the question, without the places that have to be looked at first.

    ``store`` has what texts were found to mean for its target. Raises `UsageError` for requirements that
    cannot be understood, `InvalidPythonRequest`, and what `check_python` raises.
    """
    interpreter = foreign(environment.interpreter, request.foreign)
    check_python(request.python_ranges, interpreter)
    meanings = Meanings(store, key_of(interpreter.version, interpreter.markers, interpreter.tags))
    target = (AnyPython if request.ignore_requires_python else Target).of(interpreter, meanings)
    requirements = roots_of(request.requirements, meanings)

    return ResolveRequest(
        requirements=requirements,
        interpreter=interpreter,
        constraints=roots_of(request.constraints, meanings),
        rules=request.rules,
        preferred=_staying(request, requirements, environment.kind, installed),
        overrides=roots_of(request.overrides, meanings),
        excludes=request.excludes,
        target=target,
        trusts_listings=not request.installation.dry_run,
    )


def places_for(request: InstallRequest, question: ResolveRequest) -> tuple[RequestedPlace, ...]:
    """Return the places that have to be looked at first: none whose marker does not hold.

    Raises `InvalidRootRequirement` for a marker without a meaning, and what `parse_place` raises.
    """
    places = (*places_of(request.requirements), *places_of(request.constraints, bounds=True))
    target = question.target or Target.of(question.interpreter)

    return tuple(place for place in places if _applies(place, target))


def _applies(place: RequestedPlace, target: Target) -> bool:
    marker = place.reference.marker

    try:
        return marker is None or target.holds(marker)
    except ValueError as error:
        raise InvalidRootRequirement(
            f"The marker of {place.reference.shown} ({place.origin}) means nothing here: {error}"
        ) from error


def roots_of(lines: Iterable[RequirementLine], meanings: Meanings) -> tuple[RootRequirement, ...]:
    """Return the requirements by name and by wheel; other places are known when they were looked at."""
    return tuple(
        parse_root(line.text, line.origin, hashes=line.hashes, folder=line.folder, known=meanings.roots)
        for line in lines
        if not is_place(line)
    )


def names_as_asked(lines: Iterable[RequirementLine]) -> dict[NormalizedName, str]:
    """Return the names that requirements begin with, as they are spelled there."""
    found = (_NAME.match(line.text) for line in lines if not is_place(line))

    return {canonicalize_name(name[0]): name[0] for name in found if name is not None}


def as_packaging(root: RootRequirement) -> Requirement:
    """Return a requirement as the library has it."""
    from packaging.requirements import Requirement

    requirement = root.requirement
    marker = f" ; {requirement.marker}" if requirement.marker else ""

    return Requirement(f"{requirement}{marker}")


def may_stay(
    request: InstallRequest, installed: Mapping[NormalizedName, InstalledDistribution]
) -> dict[NormalizedName, InstalledDistribution]:
    """Return what is installed that may be chosen again, also where no index offers it any more."""
    if _begins_anew(request):
        return {}

    return {name: one for name, one in installed.items() if one.has_record}


def _staying(
    request: InstallRequest,
    requirements: Iterable[RootRequirement],
    kind: EnvironmentKind,
    installed: Mapping[NormalizedName, InstalledDistribution],
) -> dict[NormalizedName, Version]:
    """Return the versions to keep where nothing speaks against it."""
    # As in pip: a folder that --target upgrades gets the newest of everything.
    eager = request.upgrade_strategy is UpgradeStrategy.EAGER or kind == "target"

    if _begins_anew(request) or (request.upgrade and eager):
        return {}

    upgraded = set(request.upgrade_packages)

    if request.upgrade:
        upgraded |= {canonicalize_name(root.requirement.name) for root in requirements}

    return {name: one.version for name, one in installed.items() if name not in upgraded}


def _begins_anew(request: InstallRequest) -> bool:
    return request.installation.is_anew or bool(request.foreign)
