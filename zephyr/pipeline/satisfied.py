"""Whether what is installed already is what was asked for; then nothing has to be resolved or fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement

from zephyr.model.names import canonicalize_name
from zephyr.pipeline.outcome import Satisfied

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from packaging.utils import NormalizedName

    from zephyr.model.environment import InstalledDistribution


def first_unsatisfied(
    roots: Iterable[Requirement],
    constraints: Iterable[Requirement],
    installed: Mapping[NormalizedName, InstalledDistribution],
    markers: Mapping[str, str],
    *,
    local_digests: Mapping[str, str] | None = None,
    with_dependencies: bool = True,
) -> Requirement | None:
    """Return a requirement that ``installed`` does not meet, None if it meets all, dependencies included.

    ``markers`` are the environment's (PEP 508). A direct reference is met by an installation that
    records the same URL (PEP 610), and for a local file the SHA-256 that ``local_digests`` has for the
    URL: such files are rebuilt under one name. An extra that the installed version does not know asks
    for nothing.
    """
    limits: dict[NormalizedName, list[Requirement]] = {}

    for constraint in constraints:
        if _applies(constraint, frozenset(), markers):
            limits.setdefault(canonicalize_name(constraint.name), []).append(constraint)

    pending = [(root, frozenset[str]()) for root in roots]
    seen: set[tuple[str, frozenset[str]]] = set()

    while pending:
        requirement, parent_extras = pending.pop()

        if not _applies(requirement, parent_extras, markers):
            continue

        name = canonicalize_name(requirement.name)
        distribution = installed.get(name)

        if distribution is None or not all(
            _meets(distribution, wanted, local_digests or {})
            for wanted in (requirement, *limits.get(name, ()))
        ):
            return requirement

        extras = frozenset(canonicalize_name(extra) for extra in requirement.extras)

        if not with_dependencies or (str(requirement), parent_extras) in seen:
            continue

        seen.add((str(requirement), parent_extras))
        dependencies = _requirements(distribution)

        if dependencies is None:
            return requirement

        pending += [(dependency, extras) for dependency in dependencies]

    return None


def satisfied_by(
    roots: Iterable[Requirement],
    installed: Mapping[NormalizedName, InstalledDistribution],
    changing: Container[NormalizedName],
    markers: Mapping[str, str],
) -> tuple[Satisfied, ...]:
    """Return the requirements that apply and are met by what is installed and not ``changing``."""
    found: list[Satisfied] = []

    for root in roots:
        name = canonicalize_name(root.name)

        if name not in installed or name in changing or not _applies(root, frozenset(), markers):
            continue

        if root.specifier.contains(installed[name].version, prereleases=True):
            plain = Requirement(str(root))
            plain.marker = None
            found.append(Satisfied(str(plain), installed[name].location, installed[name].version))

    return tuple(found)


def _applies(requirement: Requirement, extras: frozenset[str], markers: Mapping[str, str]) -> bool:
    if requirement.marker is None:
        return True

    return any(requirement.marker.evaluate({**markers, "extra": extra}) for extra in (extras or {""}))


def _meets(
    distribution: InstalledDistribution, requirement: Requirement, local_digests: Mapping[str, str]
) -> bool:
    if requirement.url is not None:
        recorded = distribution.direct_url or {}
        url = requirement.url.partition("#")[0]

        if url not in local_digests:
            return recorded.get("url") == url

        archive: Mapping[str, Any] = recorded.get("archive_info") or {}
        hashes: Mapping[str, Any] = archive.get("hashes") or {}

        return recorded.get("url") == url and hashes.get("sha256") == local_digests[url]

    return requirement.specifier.contains(distribution.version, prereleases=True)


def _requirements(distribution: InstalledDistribution) -> list[Requirement] | None:
    """Return the distribution's own requirements, None where one cannot be understood."""
    try:
        return [Requirement(text) for text in distribution.requires]
    except InvalidRequirement:
        return None
