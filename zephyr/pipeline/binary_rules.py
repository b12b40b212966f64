"""Whether wheels or sources of what a lock has may be used: ``--no-binary`` and ``--only-binary``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.pylock import PackageWheel

from zephyr.dataclass import replace
from zephyr.errors import ZephyrError
from zephyr.metadata.request import ALL
from zephyr.model.source_reference import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

    from zephyr.lock.selection import Selected
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.requested_place import RequestedPlace


class SourceNotLocked(ZephyrError):
    """Raised where a source archive is asked for that the lock does not have."""

    id = "source-not-locked"


class BuildNotAllowed(ZephyrError):
    """Raised where the lock has only a source for something that is not to be built."""

    id = "build-not-allowed"


def without_wheels(one: Selected, no_binary: Set[str]) -> Selected:
    """Return what ``one`` is installed from where ``no_binary`` (names or `ALL`) may forbid its wheel.

    Raises `SourceNotLocked`.
    """
    if not isinstance(one.source, PackageWheel) or not {ALL, one.package.name} & no_binary:
        return one

    if one.package.sdist is None:
        raise SourceNotLocked(
            f"The lock has only wheels of {one.package.name}, and --no-binary allows none",
            hint=f"Let the wheel be used: --no-binary without {one.package.name}.",
        )

    return replace(one, source=one.package.sdist)


def refuse_builds(pins: Iterable[Pin], places: Iterable[RequestedPlace], no_build: Set[str]) -> None:
    """Raise `BuildNotAllowed` for a source that ``no_build`` (names or `ALL`) forbids to build.

    A folder is the user's own and is always built.
    """
    sources = [(str(pin.name), pin.artifact.filename) for pin in pins if not pin.artifact.is_wheel]
    sources += [
        (str(place.reference.name), place.reference.shown)
        for place in places
        if place.reference.kind is not SourceKind.LOCAL_FOLDER
    ]

    for name, source in sources:
        if {ALL, name} & no_build:
            raise BuildNotAllowed(
                f"{name} would have to be built from {source}, which is not allowed",
                hint=f"Leave --no-build or --only-binary out for {name}, or lock a version with a wheel.",
            )
