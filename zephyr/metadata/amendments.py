"""What the user changes in requirements that are not his own: overrides and excludes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import replace

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from packaging.utils import NormalizedName

    from zephyr.metadata.requirements import Requirement, RootRequirement


class Amendments:
    """Overrides stand in for every requirement of their names; what is excluded is required by nobody."""

    def __init__(self, overrides: Iterable[RootRequirement], excludes: Container[NormalizedName]) -> None:
        self._overrides: dict[NormalizedName, list[RootRequirement]] = {}
        self._excludes = excludes

        for override in overrides:
            self._overrides.setdefault(override.requirement.name, []).append(override)

    def __bool__(self) -> bool:
        return bool(self._overrides or self._excludes)

    def requirements(self, requirement: Requirement) -> tuple[Requirement, ...]:
        """Return what counts instead of ``requirement``, whose own marker holds already.

        Each of them counts where its marker holds. The extras that were asked for are asked for still.
        """
        if requirement.name in self._excludes:
            return ()

        overrides = self._overrides.get(requirement.name)

        if overrides is None:
            return (replace(requirement, marker=None),)

        return tuple(
            replace(
                override.requirement,
                extras=tuple(sorted({*requirement.extras, *override.requirement.extras})),
            )
            for override in overrides
        )

    def roots(self, roots: Iterable[RootRequirement]) -> Iterator[RootRequirement]:
        """Yield the user's own requirements as they count."""
        for root in roots:
            name = root.requirement.name

            if name in self._excludes:
                continue

            overrides = self._overrides.get(name)

            if overrides is None:
                yield root
                continue

            for override in overrides:
                yield _standing_in(override, root)


def _standing_in(override: RootRequirement, root: RootRequirement) -> RootRequirement:
    """Return an override with the extras of what it replaces, where the markers of both hold."""
    own, other = override.requirement, root.requirement
    markers = [f"({marker})" for marker in (own.marker, other.marker) if marker is not None]
    requirement = replace(
        own,
        extras=tuple(sorted({*own.extras, *other.extras})),
        marker=" and ".join(markers) or None,
    )

    return replace(override, requirement=requirement)
