"""What to install from a lock here: the installation steps of the standard (PEP 751), with reasons.

`packaging.pylock.Pylock.select` takes the same steps; these name the entries, the markers and the wheels
that stand in the way.
"""

from __future__ import annotations

from itertools import product, takewhile
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.lock.activation import Activated, activate
from zephyr.lock.compose import CREATOR
from zephyr.lock.errors import (
    EntriesAmbiguous,
    LockIncomplete,
    LockNotForEnvironment,
    LockNotForPython,
    NoUsableFile,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from packaging.pylock import Package, PackageWheel, Pylock
    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from zephyr.lock.entries import Source


@dataclass(frozen=True, slots=True)
class Selected:
    """One entry that is to be installed, and from what."""

    package: Package
    source: Source


def select(
    document: Pylock,
    markers: Mapping[str, str],
    tags: Sequence[str],
    python_version: str,
    *,
    extras: Collection[str] = (),
    groups: Collection[str] | None = None,
) -> tuple[Selected, ...]:
    """Return what an environment gets, in the order of the lock.

    ``markers`` are the environment's (PEP 508), ``tags`` the wheel tags it takes, best first,
    ``python_version`` its full version. ``groups`` are all that are on; None for the lock's default ones.
    Raises `UnknownExtra`, `UnknownGroup`, `ConflictingActivations`, `LockIncomplete`, `LockNotForPython`,
    `LockNotForEnvironment`, `EntriesAmbiguous`, `NoUsableFile`, and `InvalidLock` for a marker without sense.
    """
    active = activate(document, markers, extras, groups)
    _check_complete(document)
    _check_python(document.requires_python, python_version, "The lock")
    _check_environment(document, markers)

    packages = [package for package in document.packages if active.holds(package.marker, package.name)]

    for package in packages:
        _check_python(package.requires_python, python_version, _shown(package))

    _check_unambiguous(packages)
    ranks = {tag: rank for rank, tag in reversed(list(enumerate(tags)))}

    return tuple(Selected(package, _source(package, ranks)) for package in packages)


def _check_complete(document: Pylock) -> None:
    """Refuse a lock of ours that names what it does not have: merging texts may lose an entry.

    The standard keeps ``dependencies`` for readers, so in another tool's lock they decide nothing.
    """
    if document.created_by != CREATOR:
        return

    names = {package.name for package in document.packages}
    pins = {(package.name, str(package.version)) for package in document.packages}

    for package in document.packages:
        for dependency in package.dependencies or ():
            name, version = dependency.get("name"), dependency.get("version")

            if name not in names or (version is not None and (name, version) not in pins):
                missing = f"{name} {version}" if version is not None else name
                raise LockIncomplete(
                    f"{_shown(package)} needs {missing}, which the lock does not have",
                    hint="A merge may have lost it. Run zephyr lock: the other versions are kept.",
                )


def _check_python(wanted: SpecifierSet | None, version: str, subject: str) -> None:
    if wanted is not None and not wanted.contains(_comparable(version)):
        raise LockNotForPython(
            f"{subject} is for Python {wanted}, and this is Python {version}",
            hint="Choose another interpreter with --python, or widen requires-python and run zephyr lock.",
        )


def _comparable(version: str) -> str:
    """Return a version that PEP 440 knows: an interpreter built between two releases ends in ``+``."""
    return f"{version}local" if version.endswith("+") else version


def _check_environment(document: Pylock, markers: Mapping[str, str]) -> None:
    environments = document.environments or ()
    here = Activated(markers)

    if environments and not any(here.holds(marker, "environments") for marker in environments):
        raise LockNotForEnvironment(
            f"The lock is not made for this environment ({_environment(markers)})",
            details=("It is for:", *(f"  {marker}" for marker in environments)),
            hint="Add it to the targets in [tool.zephyr] and run zephyr lock.",
        )


def _environment(markers: Mapping[str, str]) -> str:
    shown = ("implementation_name", "python_full_version", "sys_platform", "platform_machine")

    return " ".join(markers[name] for name in shown if markers.get(name))


def _check_unambiguous(packages: Iterable[Package]) -> None:
    first: dict[NormalizedName, Package] = {}

    for package in packages:
        other = first.setdefault(package.name, package)

        if other is not package:
            raise EntriesAmbiguous(
                f"Two entries of {package.name} in the lock apply here at once",
                details=tuple(f"  {_shown(entry)}: {entry.marker or 'always'}" for entry in (other, package)),
                hint="Run zephyr lock to make it anew, or tell who made it.",
            )


def _source(package: Package, ranks: Mapping[str, int]) -> Source:
    direct = package.vcs or package.directory or package.archive

    if direct is not None:
        return direct

    fitting = [(rank, wheel) for wheel in package.wheels or () if (rank := _rank(wheel, ranks)) is not None]

    if fitting:
        return min(fitting, key=lambda ranked: ranked[0])[1]

    if package.sdist is not None:
        return package.sdist

    best = min(ranks, key=lambda tag: ranks[tag], default="no wheel at all")
    raise NoUsableFile(
        f"No file of {_shown(package)} in the lock fits this interpreter, which takes {best} and the like",
        details=("The lock has:", *(f"  {wheel.filename}" for wheel in package.wheels or ())),
        hint="Choose another interpreter with --python, or another version and run zephyr lock.",
    )


def _rank(wheel: PackageWheel, ranks: Mapping[str, int]) -> tuple[int, int] | None:
    """Return how well a wheel fits, less is better: by its tag, then the higher build number (PEP 427)."""
    # The name was checked when the lock was read: name-version[-build]-python-abi-platform.
    parts = wheel.filename.lower().removesuffix(".whl").split("-")
    tags = map("-".join, product(*(part.split(".") for part in parts[-3:])))
    rank = min((ranks[tag] for tag in tags if tag in ranks), default=None)

    return None if rank is None else (rank, -_build_number(parts))


def _build_number(parts: Sequence[str]) -> int:
    digits = "".join(takewhile(str.isdecimal, parts[2])) if len(parts) == 6 else ""

    return int(digits or -1)


def _shown(package: Package) -> str:
    return f"{package.name} {package.version}" if package.version is not None else package.name
