"""From a document to dependencies: what METADATA requires in one environment.

Many versions say the same, and many projects require the same, so whatever was read once is remembered by the
document, and by the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.metadata.demands import NOTHING, dependencies_of
from zephyr.metadata.reasons import InvalidMetadata, TransitiveReference
from zephyr.metadata.requirements import UnusableLine, parse_line
from zephyr.solver.provider import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from zephyr.metadata.amendments import Amendments
    from zephyr.metadata.demands import Demand
    from zephyr.metadata.document import Document
    from zephyr.metadata.package import Package
    from zephyr.metadata.request import Rules
    from zephyr.metadata.requirements import Requirement
    from zephyr.metadata.target import Target
    from zephyr.solver.provider import Dependency


class Reader:
    """Reads documents for one target, by the user's rules and amendments."""

    def __init__(
        self,
        rules: Rules,
        target: Target,
        amendments: Amendments,
        demands: Mapping[NormalizedName, Demand],
    ) -> None:
        self._rules = rules
        self._target = target
        self._amendments = amendments
        self._demands = demands
        self._by_document: dict[tuple[Document, str | None], Sequence[Dependency] | Unavailable] = {}
        self._by_line: dict[tuple[str, str | None], Sequence[Dependency] | Unavailable] = {}

    def dependencies(self, package: Package, document: Document) -> Sequence[Dependency] | Unavailable:
        """Return what a document requires of the package, or of the extra, that it is read for."""
        key = (document, package.extra)

        if key not in self._by_document:
            self._by_document[key] = self._read(package, document)

        return self._by_document[key]

    def _read(self, package: Package, document: Document) -> Sequence[Dependency] | Unavailable:
        if self._rules.no_dependencies:
            return ()

        found: list[Dependency] = []

        for line in lines_of(package, document):
            key = (line, package.extra)

            if key not in self._by_line:
                self._by_line[key] = self._read_line(line, package.extra)

            dependencies = self._by_line[key]

            if isinstance(dependencies, Unavailable):
                return dependencies

            found += dependencies

        return found

    def _read_line(self, line: str, extra: NormalizedName | None) -> Sequence[Dependency] | Unavailable:
        """Return what one Requires-Dist value requires."""
        requirement = parse_line(line)

        if isinstance(requirement, UnusableLine):
            return Unavailable(InvalidMetadata(requirement.problem))

        try:
            return self._read_requirement(requirement, extra)
        except ValueError as error:
            return Unavailable(InvalidMetadata(f"{line[:200]!r} ({error})"))

    def _read_requirement(
        self, requirement: Requirement, extra: NormalizedName | None
    ) -> Sequence[Dependency] | Unavailable:
        """Return what a requirement comes to here; raises ``ValueError`` for a senseless marker."""
        if requirement.marker is not None:
            if not self._target.holds(requirement.marker, extra or ""):
                return ()

            if extra is not None and "extra" not in requirement.marker:
                return ()
        elif extra is not None:
            return ()

        if self._amendments:
            return self._read_amended(requirement)

        return self._lowered(requirement)

    def _read_amended(self, requirement: Requirement) -> Sequence[Dependency] | Unavailable:
        found: list[Dependency] = []

        for amended in self._amendments.requirements(requirement):
            if amended.marker is not None and not self._target.holds(amended.marker):
                continue

            lowered = self._lowered(amended)

            if isinstance(lowered, Unavailable):
                return lowered

            found += lowered

        return found

    def _lowered(self, requirement: Requirement) -> Sequence[Dependency] | Unavailable:
        if requirement.url is not None and not is_same_place(
            requirement.url, self._demands, requirement.name
        ):
            return Unavailable(TransitiveReference(requirement.name))

        return dependencies_of(requirement)


def is_same_place(url: str, demands: Mapping[NormalizedName, Demand], name: NormalizedName) -> bool:
    """Tell whether the user asks for ``name`` by this URL: a dependency alone may not."""
    direct = demands.get(name, NOTHING).direct

    return direct is not None and direct.is_named_by(url)


def lines_of(package: Package, document: Document) -> Iterable[str]:
    """Return the Requires-Dist values that matter for a project, or for one extra of it."""
    if package.extra is None:
        return document.lines

    mixed = (line for line in document.lines if "extra" in line.partition(";")[2])

    return (*mixed, *document.extra_lines.get(package.extra, ()))
