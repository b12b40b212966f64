"""What an install finds, and what of an answer would change it. Pure.

An answer says what is needed; what of that is there already, or has to stay, is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.install.changes import difference
from zephyr.metadata.demands import applies
from zephyr.pipeline.question import as_packaging

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from packaging.utils import NormalizedName

    from zephyr.metadata.request import ResolveRequest
    from zephyr.metadata.requirements import RootRequirement
    from zephyr.model.environment import Environment, InstalledDistribution
    from zephyr.model.resolution import Pin, Resolution
    from zephyr.pipeline.direct_url import Directs
    from zephyr.pipeline.outcome import Satisfied
    from zephyr.pipeline.request import InstallRequest
    from zephyr.pipeline.requested_place import RequestedPlace


@dataclass(frozen=True, slots=True)
class Standing:
    """What one install begins with."""

    request: InstallRequest
    environment: Environment
    installed: Mapping[NormalizedName, InstalledDistribution]
    question: ResolveRequest
    places: tuple[RequestedPlace, ...]
    local_digests: Mapping[str, str]
    """URL to SHA-256 of the local files that are asked for."""
    warnings: list[str]

    @property
    def is_enough(self) -> bool:
        """Whether there is nothing to do, as far as can be told without asking an index."""
        request = self.request

        if (
            request.upgrade
            or request.upgrade_packages
            or request.only_dependencies
            or request.overrides
            or request.excludes
            or request.foreign
            or request.installation.is_anew
            or self.places
        ):
            return False

        if any(self._is_missing(root) for root in self.question.requirements):
            return False

        from zephyr.pipeline.satisfied import first_unsatisfied

        unsatisfied = first_unsatisfied(
            [as_packaging(root) for root in self.question.requirements],
            [as_packaging(root) for root in self.question.constraints],
            self.installed,
            self.environment.interpreter.markers,
            local_digests=self.local_digests,
            with_dependencies=not request.rules.no_dependencies,
        )

        return unsatisfied is None

    def _is_missing(self, root: RootRequirement) -> bool:
        """Tell whether a requirement asks for what is not installed at all."""
        target = self.question.target

        return root.requirement.name not in self.installed and (target is None or applies(root, target))

    def changing(self, resolution: Resolution, directs: Directs) -> tuple[Pin, ...]:
        """Return the pins to install: those that differ from what is installed, and may take its place."""
        return tuple(pin for pin in self._differing(resolution, directs) if not self._is_kept(pin))

    def kept(self, resolution: Resolution, directs: Directs) -> list[InstalledDistribution]:
        """Return what a ``--target`` has and keeps, although something else was chosen."""
        return [
            self.installed[pin.name] for pin in self._differing(resolution, directs) if self._is_kept(pin)
        ]

    def satisfied(self, changing: Container[NormalizedName]) -> tuple[Satisfied, ...]:
        """Return the requirements that were met already."""
        if self.request.only_dependencies:
            return ()

        there = [root for root in self.question.requirements if root.requirement.name in self.installed]

        if not there:
            return ()

        from zephyr.pipeline.satisfied import satisfied_by

        return satisfied_by(
            [as_packaging(root) for root in there],
            self.installed,
            changing,
            self.question.interpreter.markers,
        )

    def _differing(self, resolution: Resolution, directs: Directs) -> tuple[Pin, ...]:
        pins = [pin for pin in resolution.pins if not (self.request.only_dependencies and pin.requested)]

        return difference(
            pins,
            self.installed.values(),
            reinstall=None if self.request.installation.is_anew else directs.sources.keys(),
            directs={
                pin.name: directs.document(pin, self.local_digests.get(pin.artifact.url))
                for pin in pins
                if pin.direct
            },
        ).install

    def _is_kept(self, pin: Pin) -> bool:
        """Tell whether a pin gives way to what a ``--target`` has: as in pip, only an upgrade replaces."""
        is_target = self.environment.kind == "target"
        upgrades = self.request.upgrade or pin.name in self.request.upgrade_packages

        return is_target and pin.name in self.installed and not upgrades
