"""Whether what is installed fits together: requirements that are missing or not met."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from packaging.markers import UndefinedComparison
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.markers import Marker

    from zephyr.model.environment import InstalledDistribution
    from zephyr.model.interpreter import Interpreter


class ProblemKind(Enum):
    """How an installed distribution is not satisfied."""

    MISSING = "missing"
    INCOMPATIBLE = "incompatible"
    REQUIRES_PYTHON = "requires-python"
    INVALID_REQUIREMENT = "invalid-requirement"


@dataclass(frozen=True, slots=True)
class Problem:
    """One requirement that is not met."""

    kind: ProblemKind
    name: str
    """The distribution that has the requirement, as it spells itself."""
    version: str
    requirement: str
    """As METADATA has it, or the Requires-Python value."""
    installed: str | None = None
    """The version that is there instead: of the required project, or of Python."""

    @property
    def message(self) -> str:
        """The problem in one line."""
        subject = f"{self.name} {self.version}"

        if self.kind is ProblemKind.MISSING:
            return f"{subject} requires {self.requirement}, which is not installed"

        if self.kind is ProblemKind.INCOMPATIBLE:
            return f"{subject} requires {self.requirement}, but {self.installed} is installed"

        if self.kind is ProblemKind.REQUIRES_PYTHON:
            return f"{subject} requires Python {self.requirement}, but this is {self.installed}"

        return f"{subject} has a requirement that cannot be understood: {self.requirement}"


def check(installed: Iterable[InstalledDistribution], interpreter: Interpreter) -> list[Problem]:
    """Return the problems of ``installed`` under ``interpreter``, in the order of the distributions.

    As with pip's check, requirements of extras are not looked at: which extras were asked for is not
    recorded. A pre-release that is installed satisfies a requirement whose range holds it.
    """
    distributions = tuple(installed)
    by_name: dict[str, InstalledDistribution] = {each.name: each for each in distributions}
    environment = {**interpreter.markers, "extra": ""}

    return [
        problem for each in distributions for problem in _problems(each, by_name, environment, interpreter)
    ]


def _problems(
    distribution: InstalledDistribution,
    by_name: Mapping[str, InstalledDistribution],
    environment: dict[str, str],
    interpreter: Interpreter,
) -> Iterator[Problem]:
    name, version = distribution.display_name, str(distribution.version)
    wanted = distribution.requires_python

    if wanted and not _admits_python(wanted, interpreter.version):
        yield Problem(ProblemKind.REQUIRES_PYTHON, name, version, wanted, interpreter.version)

    for line in distribution.requires:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            yield Problem(ProblemKind.INVALID_REQUIREMENT, name, version, line)
            continue

        if requirement.marker and not applies(requirement.marker, environment):
            continue

        found = by_name.get(canonicalize_name(requirement.name))

        if found is None:
            yield Problem(ProblemKind.MISSING, name, version, line)
        elif not requirement.specifier.contains(found.version, prereleases=True):
            yield Problem(ProblemKind.INCOMPATIBLE, name, version, line, str(found.version))


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
