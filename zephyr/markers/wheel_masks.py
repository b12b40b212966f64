"""Which cells of a grid a wheel fits. Build and place, the halves of its tag, fit apart from each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.markers.wheel_fit import WIDELY_BUILT, build_fits, place_fits

if TYPE_CHECKING:
    from zephyr.markers.grid import Grid
    from zephyr.markers.platforms import Platform


class WheelMasks:
    """Answers `zephyr.markers.wheel_fit` for all environments of a grid at once; everything is remembered."""

    def __init__(self, grid: Grid) -> None:
        self._platforms: dict[Platform, int] = {}
        self._builds: dict[tuple[int, str], int] = {}
        self._places_of: dict[str, int] = {}
        self._builds_of: dict[tuple[str, bool], int] = {}

        for environment, cells in zip(grid.environments, grid.masks, strict=True):
            build = environment.python.lower.minor, environment.implementation
            self._platforms[environment.platform] = self._platforms.get(environment.platform, 0) | cells
            self._builds[build] = self._builds.get(build, 0) | cells

    def fitting(self, tag: str) -> int:
        """Return the cells in which a wheel of this tag, perhaps a compressed set, can be used."""
        builds, _, places = tag.rpartition("-")

        return self._of_places(places) & self._of_builds(builds, widely=False)

    def listed(self, tag: str) -> int:
        """Return the cells that a wheel is worth listing for: run by another implementation, it may fit."""
        builds, _, places = tag.rpartition("-")

        return self._of_places(places) & self._of_builds(builds, widely=True)

    def _of_places(self, places: str) -> int:
        if places not in self._places_of:
            self._places_of[places] = sum(
                cells for platform, cells in self._platforms.items() if place_fits(places, platform)
            )

        return self._places_of[places]

    def _of_builds(self, builds: str, *, widely: bool) -> int:
        key = builds, widely

        if key not in self._builds_of:
            self._builds_of[key] = sum(
                cells
                for (minor, implementation), cells in self._builds.items()
                if any(
                    build_fits(builds, minor, each)
                    for each in {implementation, *(WIDELY_BUILT if widely else ())}
                )
            )

        return self._builds_of[key]
