"""Which of the wanted distributions have to be installed at all, decided before any download. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from packaging.utils import NormalizedName

    from zephyr.model.environment import InstalledDistribution
    from zephyr.model.resolution import Pin


class Changes(NamedTuple):
    """The difference between what is wanted and what is there."""

    install: tuple[Pin, ...]
    """To be installed: new ones and those that replace one of ``leaving``."""
    leaving: tuple[InstalledDistribution, ...]
    """To be replaced or removed."""
    unchanged: tuple[InstalledDistribution, ...]
    """Wanted, and there already."""
    untouched: tuple[InstalledDistribution, ...]
    """Installed, and not asked about."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.install and not self.leaving

    @property
    def removed(self) -> frozenset[NormalizedName]:
        """The names of those of ``leaving`` that nothing replaces."""
        return frozenset(one.name for one in self.leaving) - {pin.name for pin in self.install}

    @property
    def staying(self) -> tuple[InstalledDistribution, ...]:
        """Everything that is installed before and after."""
        return (*self.unchanged, *self.untouched)


def difference(
    wanted: Iterable[Pin],
    installed: Iterable[InstalledDistribution],
    *,
    reinstall: Set[NormalizedName] | None = frozenset(),
    exact: bool = False,
    directs: Mapping[NormalizedName, Mapping[str, object] | None] | None = None,
) -> Changes:
    """Compare by name and version, and by direct_url.json where it is known what that has to be.

    ``reinstall`` names what is installed again in any case; None for everything. ``exact`` removes
    whatever is not wanted. ``directs`` has the direct_url.json that a pin would get, None for one that
    would get none; of a pin that is not in it any will do.
    """
    present = {distribution.name: distribution for distribution in installed}
    install: list[Pin] = []
    leaving: list[InstalledDistribution] = []
    unchanged: list[InstalledDistribution] = []

    for pin in sorted(wanted, key=lambda pin: pin.name):
        found = present.pop(pin.name, None)
        again = reinstall is None or pin.name in reinstall

        if found is not None and not again and _satisfies(found, pin, directs or {}):
            unchanged.append(found)
            continue

        install.append(pin)

        if found is not None:
            leaving.append(found)

    rest = sorted(present.values(), key=lambda distribution: distribution.name)

    if exact:
        leaving += rest
        rest = []

    return Changes(tuple(install), tuple(leaving), tuple(unchanged), tuple(rest))


def _satisfies(
    found: InstalledDistribution, pin: Pin, directs: Mapping[NormalizedName, Mapping[str, object] | None]
) -> bool:
    if found.version != pin.version or not found.has_record:
        return False

    return pin.name not in directs or found.direct_url == directs[pin.name]
