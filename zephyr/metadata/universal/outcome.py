"""From answers to pins with markers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.errors import ZephyrError
from zephyr.markers.grid import Grid
from zephyr.markers.text import MarkerWriter
from zephyr.metadata.answer import pin_warnings
from zephyr.metadata.universal.standing import read_pin
from zephyr.model.artifact import Listing
from zephyr.model.universal import UniversalPin, UniversalResolution

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.markers.environments import MarkerEnvironment
    from zephyr.metadata.universal.answers import Answers
    from zephyr.metadata.universal.coverage import Coverage
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.metadata.universal.space import Space
    from zephyr.metadata.universal.standing import Standing
    from zephyr.model.resolution import Pin
    from zephyr.model.universal import Activation


class NothingInstallable(ZephyrError):
    """Raised where no environment has a file for everything."""

    id = "nothing-installable"


@dataclass(slots=True)
class _Entry:
    """One version of one project from one place, over all answers."""

    pin: Pin
    masks: dict[Activation, int] = field(default_factory=dict["Activation", int])
    cells: int = 0
    extras: set[NormalizedName] = field(default_factory=set["NormalizedName"])
    dependencies: set[tuple[NormalizedName, Version]] = field(
        default_factory=set["tuple[NormalizedName, Version]"]
    )


class Outcome:
    """Puts the answers for one grid together."""

    def __init__(self, grid: Grid, request: UniversalRequest, standing: Standing, coverage: Coverage) -> None:
        self._grid = grid
        self._request = request
        self._standing = standing
        self._coverage = coverage
        self._markers = MarkerWriter(grid)

    def of(self, answers: Answers, space: Space) -> UniversalResolution:
        """Return the resolution."""
        entries = self._entries(answers)
        pins = tuple(self._pin(entry) for entry in entries)
        warnings = (warning for entry in entries for warning in self._warnings(entry))

        return UniversalResolution(
            pins,
            self._environments(answers.lacking, space),
            (*warnings, *answers.passed_over, *self._lacking(entries, answers.lacking)),
            answers.decisions,
            answers.conflicts,
        )

    def _entries(self, answers: Answers) -> list[_Entry]:
        """Return the entries, sorted by name and version."""
        entries: dict[tuple[NormalizedName, Version, str], _Entry] = {}

        for answer in answers.found:
            by_name: dict[NormalizedName, _Entry] = {}

            for name, pin in answer.pins.items():
                key = (name, pin.version, pin.artifact.url if pin.direct else pin.index or "")
                by_name[name] = entries.setdefault(key, _Entry(pin))

            for activation in self._request.requirements:
                reach = self._coverage.walk(answer.pins, (activation,), answer.cells, lenient=True)

                for package, cells in reach.cells.items():
                    entry = by_name[package.name]
                    entry.masks[activation] = entry.masks.get(activation, 0) | cells
                    entry.cells |= cells
                    entry.extras |= {package.extra} if package.extra is not None else set()

                for name, other in self._coverage.needed_by(answer.pins, reach):
                    by_name[name].dependencies.add((other, by_name[other].pin.version))

        return [entries[key] for key in sorted(entries) if entries[key].cells]

    def _warnings(self, entry: _Entry) -> Iterator[str]:
        pin = entry.pin
        listing = Listing(pin.name) if pin.direct else self._standing.listing(pin)

        return pin_warnings(pin, entry.extras, read_pin(pin), listing)

    def _pin(self, entry: _Entry) -> UniversalPin:
        pin = entry.pin
        bound = read_pin(pin).requires_python or pin.artifact.requires_python
        bound = None if self._request.ignore_requires_python else bound
        files = () if pin.direct else [*self._standing.listed(pin, entry.cells)]
        wheels = tuple(sorted((one for one in files if one.is_wheel), key=lambda one: one.filename))

        return UniversalPin(
            name=pin.name,
            version=pin.version,
            marker=self._markers.pin_marker(entry.masks),
            wheels=wheels,
            sdist=next((one for one in files if not one.is_wheel), None),
            index=pin.index,
            place=pin.artifact if pin.direct else None,
            requires_python=bound,
            dependencies=tuple(sorted(entry.dependencies)),
        )

    def _environments_in(self, cells: int) -> list[MarkerEnvironment]:
        """Return the environments of these cells."""
        numbers = (number for number in range(len(self._grid)) if cells & (1 << number))

        return [*dict.fromkeys(self._grid.cell(number).environment for number in numbers)]

    def _environments(self, lacking: int, space: Space) -> tuple[str, ...]:
        """Return the marker of the environments that everything can be installed in.

        It tells the installable environments from the other default ones, and says nothing of any other: a
        platform that nobody thought of is not shut out.
        """
        usable = space.installable.difference(self._environments_in(lacking))

        if not usable:
            raise NothingInstallable(
                "There is no environment in which everything can be installed",
                hint="Declare those that matter as targets under [tool.zephyr] to be told what is missing.",
            )

        whole = Grid(space.everywhere)
        marker = MarkerWriter(whole).environment_marker(whole.mask_where(usable.__contains__))

        return () if marker is None else (marker,)

    def _lacking(self, entries: Sequence[_Entry], lacking: int) -> Iterator[str]:
        """Yield a warning for each project that cannot be used in some environment."""
        for entry in entries:
            cells = entry.cells & lacking & ~self._standing.usable(entry.pin)
            labels = [environment.label for environment in self._environments_in(cells)]

            if labels:
                rest = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
                yield (
                    f"{entry.pin.name} {entry.pin.version} cannot be used with {labels[0]}{rest}: "
                    "the lock is not for these environments"
                )
