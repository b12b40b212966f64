"""One environment that a lock is read for: this machine's interpreter, or one that is only described."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from packaging.markers import Marker
from packaging.version import Version

from zephyr.dataclass import dataclass
from zephyr.markers.cuts import cuts_in
from zephyr.markers.literals import literals_in
from zephyr.markers.wheel_fit import wheel_rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.pylock import PackageWheel, Pylock

    from zephyr.markers.environments import MarkerEnvironment


@dataclass(frozen=True, slots=True)
class LockTarget:
    """What markers and wheels are judged by."""

    markers: Mapping[str, str]
    """Of the environment (PEP 508)."""
    tags: tuple[str, ...]
    """The wheel tags it takes, best first."""
    python_version: str
    """Full."""
    label: str
    """What a person calls it: ``Python 3.12 on linux-x86_64``."""

    def takes(self, wheel: PackageWheel) -> bool:
        """Return whether a wheel fits."""
        return not set(self.tags).isdisjoint(tags_of(wheel))


def described_target(environment: MarkerEnvironment, document: Pylock) -> LockTarget:
    """Return the target for an environment of which no interpreter is there.

    It takes every wheel of ``document`` that some interpreter of that environment could: libc and level of
    the operating system are not told apart.
    """
    tags = {tag for package in document.packages for wheel in package.wheels or () for tag in tags_of(wheel)}
    ranks = {tag: rank for tag in tags if (rank := wheel_rank(tag, environment)) is not None}
    ordered = sorted(ranks, key=lambda tag: (ranks[tag], tag))
    markers = environment.markers

    return LockTarget(markers, tuple(ordered), markers["python_full_version"], environment.label)


def tags_of(wheel: PackageWheel) -> Iterator[str]:
    """Yield the tags of a wheel (PEP 425), each by itself."""
    # The name was checked when the lock was read.
    parts = wheel.filename.lower().removesuffix(".whl").split("-")

    return map("-".join, product(*(part.split(".") for part in parts[-3:])))


def marker_of(target: LockTarget, document: Pylock) -> Marker:
    """Return the marker of all environments for which ``document`` has the same entries as for ``target``.

    That is its minor of Python on its platform: or the part of the minor within which no marker and no
    bound on Python changes.
    """
    markers = target.markers
    atoms = [_python_atom(Version(markers["python_full_version"].rstrip("+")), document)]
    atoms += [
        f"{variable} == '{markers[variable]}'"
        for variable in ("implementation_name", "sys_platform", "platform_machine")
    ]

    return Marker(" and ".join(atoms))


def _python_atom(version: Version, document: Pylock) -> str:
    release = Version(version.base_version)
    begin = Version(f"{release.major}.{release.minor}.0")
    end = Version(f"{release.major}.{release.minor + 1}.0")
    cuts = {cut for cut in _cuts(document) if begin < cut < end}
    lower = max((cut for cut in cuts if cut <= release), default=begin)
    upper = min((cut for cut in cuts if cut > release), default=end)

    if (lower, upper) == (begin, end):
        return f"python_version == '{release.major}.{release.minor}'"

    return f"python_full_version >= '{lower}' and python_full_version < '{upper}'"


def _cuts(document: Pylock) -> Iterator[Version]:
    for package in document.packages:
        yield from literals_in(str(package.marker or "")).cuts
        yield from cuts_in(str(package.requires_python or ""))

    yield from cuts_in(str(document.requires_python or ""))
