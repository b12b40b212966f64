"""What making a lock anew has changed, by the name of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from packaging.version import Version

from zephyr.dataclass import dataclass
from zephyr.lock.places import public_address

if TYPE_CHECKING:
    from packaging.pylock import Package, Pylock
    from packaging.utils import NormalizedName

_SHORT_COMMIT = 8


@dataclass(frozen=True, slots=True)
class LockedVersion:
    """What one entry pins, as far as a person tells two of them apart."""

    version: Version | None
    source: str = ""
    """A short commit, a folder or the place of an archive; empty for what an index offers."""

    def __str__(self) -> str:
        parts = (
            f"v{self.version}" if self.version is not None else "",
            f"({self.source})" if self.source else "",
        )

        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Added:
    """A package that was not in the lock."""

    name: NormalizedName
    versions: tuple[LockedVersion, ...]

    def __str__(self) -> str:
        return f"Added {self.name} {_listed(self.versions)}"


@dataclass(frozen=True, slots=True)
class Removed:
    """A package that is no longer in the lock."""

    name: NormalizedName
    versions: tuple[LockedVersion, ...]

    def __str__(self) -> str:
        return f"Removed {self.name} {_listed(self.versions)}"


@dataclass(frozen=True, slots=True)
class Updated:
    """A package of which the lock has other versions now."""

    name: NormalizedName
    before: tuple[LockedVersion, ...]
    after: tuple[LockedVersion, ...]

    def __str__(self) -> str:
        return f"Updated {self.name} {_listed(self.before)} -> {_listed(self.after)}"


LockChange: TypeAlias = Added | Removed | Updated


def lock_changes(before: Pylock | None, after: Pylock) -> tuple[LockChange, ...]:
    """Return the changes by name; the same versions under other markers or with other files are none."""
    old = _versions(before) if before is not None else {}
    new = _versions(after)
    changes = (_change(name, old.get(name), new.get(name)) for name in sorted(old.keys() | new.keys()))

    return tuple(change for change in changes if change is not None)


def _change(
    name: NormalizedName, old: tuple[LockedVersion, ...] | None, new: tuple[LockedVersion, ...] | None
) -> LockChange | None:
    if old is None or new is None:
        return Added(name, new) if new is not None else Removed(name, old or ())

    return Updated(name, old, new) if old != new else None


def _versions(document: Pylock) -> dict[NormalizedName, tuple[LockedVersion, ...]]:
    found: dict[NormalizedName, set[LockedVersion]] = {}

    for package in document.packages:
        found.setdefault(package.name, set()).add(LockedVersion(package.version, _source(package)))

    return {name: tuple(sorted(versions, key=_order)) for name, versions in found.items()}


def _source(package: Package) -> str:
    if package.vcs is not None:
        return package.vcs.commit_id[:_SHORT_COMMIT]

    if package.directory is not None:
        return package.directory.path

    if package.archive is not None:
        return package.archive.path or public_address(package.archive.url or "").partition("?")[0]

    return ""


def _order(locked: LockedVersion) -> tuple[bool, Version, str]:
    return locked.version is not None, locked.version or Version("0"), locked.source


def _listed(versions: tuple[LockedVersion, ...]) -> str:
    return ", ".join(map(str, versions))
