"""What a command did to an environment, or would do: values for `zephyr.cli` to put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zephyr.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.model.environment import InstalledDistribution
    from zephyr.model.resolution import Pin


@dataclass(frozen=True, slots=True)
class Change:
    """One distribution that was added, removed, replaced or installed again."""

    name: str
    before: Version | None
    after: Version | None

    @property
    def sign(self) -> str:
        """``+`` added, ``-`` removed, ``~`` replaced."""
        if self.before is None:
            return "+"

        return "-" if self.after is None else "~"

    def __str__(self) -> str:
        if self.before is None or self.after is None:
            return f"{self.name}=={self.after or self.before}"

        before = "again" if self.before == self.after else f"was {self.before}"

        return f"{self.name}=={self.after} ({before})"


@dataclass(frozen=True, slots=True)
class Satisfied:
    """A requirement of the user that is met by what was installed already."""

    requirement: str
    location: str
    """The folder of the distribution."""
    version: Version


@dataclass(frozen=True, slots=True)
class InstallOutcome:
    """What ``zephyr install`` or ``zephyr sync`` did."""

    environment: str
    changes: tuple[Change, ...]
    pins: tuple[Pin, ...]
    """Everything that was chosen; empty where what was installed was enough."""
    installed_pins: tuple[Pin, ...]
    """Those pins that were installed, or would be."""
    checked: int
    """How many installed distributions were looked at."""
    seconds: float
    resolved: float | None
    """Seconds until the resolution was there, None where none was needed."""
    warnings: tuple[str, ...]
    markers: Mapping[str, str]
    dry_run: bool
    satisfied: tuple[Satisfied, ...] = ()
    documents: Mapping[NormalizedName, Mapping[str, Any]] = field(
        default_factory=dict["NormalizedName", "Mapping[str, Any]"]
    )
    """The direct_url.json (PEP 610) of those installed pins that were chosen by place."""
    asked: Mapping[NormalizedName, str] = field(default_factory=dict["NormalizedName", str])
    """The names that were asked for, as the user spells them."""


@dataclass(frozen=True, slots=True)
class UninstallOutcome:
    """What ``zephyr uninstall`` did."""

    environment: str
    changes: tuple[Change, ...]
    warnings: tuple[str, ...]
    seconds: float


def changes_of(
    pins: Iterable[Pin],
    installed: Mapping[NormalizedName, InstalledDistribution],
    removed: Iterable[NormalizedName] = (),
) -> tuple[Change, ...]:
    """Return what installing ``pins`` and removing others changes, by name."""
    changes = [Change(name, installed[name].version, None) for name in removed]

    for pin in pins:
        before = installed.get(pin.name)
        changes.append(Change(pin.name, before.version if before else None, pin.version))

    return tuple(sorted(changes, key=lambda change: change.name))
