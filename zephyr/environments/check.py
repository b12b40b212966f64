"""Whether what is installed fits together: requirements that are missing or not met, foreign wheels."""

from __future__ import annotations

from enum import Enum
from itertools import product
from typing import TYPE_CHECKING

from packaging.markers import UndefinedComparison
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from zephyr.dataclass import dataclass
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from zephyr.model.environment import InstalledDistribution
    from zephyr.model.interpreter import Interpreter


class ProblemKind(Enum):
    """How an installed distribution is not satisfied, in the order in which problems are told."""

    MISSING = "missing"
    INCOMPATIBLE = "incompatible"
    REQUIRES_PYTHON = "requires-python"
    INVALID_REQUIREMENT = "invalid-requirement"
    UNSUPPORTED = "unsupported"
    """Its wheel was made for another platform."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not fit."""

    kind: ProblemKind
    distribution: InstalledDistribution
    """What is not satisfied."""
    requirement: str = ""
    """As METADATA has it, or the Requires-Python value."""
    needed: str = ""
    """The normalised name of the project that is required."""
    installed: str | None = None
    """The version that is there instead: of the required project, or of Python."""

    @property
    def message(self) -> str:
        """The problem in one line; pip's sentence where pip has one."""
        subject = f"{self.distribution.name} {self.distribution.version}"

        match self.kind:
            case ProblemKind.MISSING:
                return f"{subject} requires {self.needed}, which is not installed."
            case ProblemKind.INCOMPATIBLE:
                return (
                    f"{subject} has requirement {self.requirement}, "
                    f"but you have {self.needed} {self.installed}."
                )
            case ProblemKind.REQUIRES_PYTHON:
                return f"{subject} requires Python {self.requirement}, but this is {self.installed}."
            case ProblemKind.INVALID_REQUIREMENT:
                return f"{subject} has a requirement that cannot be understood: {self.requirement}"
            case ProblemKind.UNSUPPORTED:
                name = self.distribution.display_name
                return f"{name} {self.distribution.version} is not supported on this platform"


def check(
    installed: Iterable[InstalledDistribution],
    interpreter: Interpreter,
    tags: Mapping[NormalizedName, frozenset[str]] | None = None,
) -> list[Problem]:
    """Return the problems of ``installed`` under ``interpreter``: by kind, then in the order given.

    ``tags`` are those of the wheels that distributions were installed from, compressed sets as they stand;
    nothing is said of one without. As with pip's check, requirements of extras are not looked at: which
    extras were asked for is not recorded. A pre-release that is installed satisfies a requirement whose range
    holds it.
    """
    distributions = tuple(installed)
    by_name: dict[str, InstalledDistribution] = {each.name: each for each in distributions}
    environment = {**interpreter.markers, "extra": ""}
    supported = frozenset(interpreter.tags)
    problems = [
        problem for each in distributions for problem in _problems(each, by_name, environment, interpreter)
    ]
    problems += [
        Problem(ProblemKind.UNSUPPORTED, each)
        for each in distributions
        if tags and (own := tags.get(each.name)) and not _single_tags(own) & supported
    ]
    order = list(ProblemKind)

    return sorted(problems, key=lambda problem: order.index(problem.kind))


def _problems(
    distribution: InstalledDistribution,
    by_name: Mapping[str, InstalledDistribution],
    environment: dict[str, str],
    interpreter: Interpreter,
) -> Iterator[Problem]:
    wanted = distribution.requires_python

    if wanted and not _admits_python(wanted, interpreter.version):
        yield Problem(
            ProblemKind.REQUIRES_PYTHON, distribution, wanted, "python", installed=interpreter.version
        )

    for line in distribution.requires:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            yield Problem(ProblemKind.INVALID_REQUIREMENT, distribution, line)
            continue

        if requirement.marker and not applies(requirement.marker, environment):
            continue

        name = canonicalize_name(requirement.name)
        found = by_name.get(name)

        if found is None:
            yield Problem(ProblemKind.MISSING, distribution, line, name)
        elif not requirement.specifier.contains(found.version, prereleases=True):
            yield Problem(ProblemKind.INCOMPATIBLE, distribution, str(requirement), name, str(found.version))


def _single_tags(tags: Iterable[str]) -> frozenset[str]:
    """Return what compressed tag sets (PEP 425) stand for."""
    parts = ([part.split(".") for part in tag.split("-")] for tag in tags)

    return frozenset("-".join(one) for part in parts for one in product(*part))


def applies(marker: Marker, environment: dict[str, str]) -> bool:
    """Return whether ``marker`` holds; one that compares what cannot be compared does not."""
    try:
        return marker.evaluate(environment)
    except UndefinedComparison:
        return False


def _admits_python(wanted: str, version: str) -> bool:
    """Return whether a Requires-Python value admits ``version``; one that cannot be understood does."""
    try:
        return SpecifierSet(wanted).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True
