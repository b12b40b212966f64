"""The document of a universal resolution: what a lock file says, as a value (PEP 751, multi-use).

Only what every reader of the standard understands is in the entries; what Zephyr needs besides, to tell
whether the lock is stale, is in ``[tool.zephyr]``.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from packaging.markers import Marker
from packaging.pylock import (
    Package,
    PackageArchive,
    PackageDirectory,
    PackageVcs,
    Pylock,
)
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from zephyr.dataclass import dataclass
from zephyr.lock.entries import entry_order
from zephyr.lock.files import locked_hashes, sdist_of, wheel_of
from zephyr.lock.inputs import TOOL
from zephyr.lock.places import place_of, relative_path
from zephyr.model.source_reference import SourceKind
from zephyr.model.universal import ActivationKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zephyr.lock.inputs import LockInputs
    from zephyr.model.universal import PinnedSource, UniversalPin, UniversalResolution

CREATOR = "zephyr"
_LOCK_VERSION = Version("1.0")


@dataclass(frozen=True, slots=True)
class ProjectEntry:
    """The project that the lock is made for, if it can be installed itself: it has a ``[build-system]``."""

    name: NormalizedName
    root: str
    """Absolute path of its folder."""
    editable: bool = True


def compose(
    resolution: UniversalResolution, inputs: LockInputs, project: ProjectEntry | None, folder: str
) -> Pylock:
    """Return the lock of ``resolution``, for a file that will lie in ``folder`` (absolute).

    Local places are relative to ``folder`` and no address has credentials. Every file must be known by
    its SHA-256. Raises `PathUnportable` for a local source that has no relative path.
    """
    portable = inputs.portable(folder)
    named = _by_name(resolution.pins)
    packages = [_package(pin, named, folder) for pin in resolution.pins]

    if project is not None:
        directory = PackageDirectory(
            path=relative_path(project.root, folder), editable=project.editable or None
        )
        packages.append(Package(name=project.name, directory=directory))

    return Pylock(
        lock_version=_LOCK_VERSION,
        environments=[Marker(text) for text in resolution.environments] or None,
        requires_python=_specifiers(portable.requires_python),
        # An empty list says that there are none, a missing one that the lock does not know of them.
        extras=_named(portable, ActivationKind.EXTRA),
        dependency_groups=_named(portable, ActivationKind.GROUP),
        default_groups=list(portable.default_groups) or None,
        created_by=CREATOR,
        packages=sorted(packages, key=entry_order),
        tool={TOOL: portable.as_table()},
    )


def _named(inputs: LockInputs, kind: ActivationKind) -> list[NormalizedName]:
    return sorted(
        NormalizedName(activation.name) for activation in inputs.requirements if activation.kind is kind
    )


def _by_name(pins: Sequence[UniversalPin]) -> dict[NormalizedName, list[UniversalPin]]:
    named: dict[NormalizedName, list[UniversalPin]] = defaultdict(list)

    for pin in pins:
        named[pin.name].append(pin)

    return named


def _package(
    pin: UniversalPin, named: Mapping[NormalizedName, Sequence[UniversalPin]], folder: str
) -> Package:
    common: dict[str, Any] = {
        "name": pin.name,
        "marker": Marker(pin.marker) if pin.marker is not None else None,
        "requires_python": _specifiers(pin.requires_python),
        "dependencies": _dependencies(pin, named, folder),
    }

    if pin.source is not None:
        # What a folder holds may change, and its version with it.
        version = None if _is_folder(pin) else pin.version
        return Package(**common, version=version, **_source(pin.source, folder))

    index = place_of(pin.index, folder).url if pin.index is not None else None
    wheels = sorted((wheel_of(wheel, pin, folder) for wheel in pin.wheels), key=lambda wheel: wheel.filename)
    sdist = sdist_of(pin.sdist, pin, folder) if pin.sdist is not None else None

    return Package(**common, version=pin.version, index=index, sdist=sdist, wheels=wheels or None)


def _dependencies(
    pin: UniversalPin, named: Mapping[NormalizedName, Sequence[UniversalPin]], folder: str
) -> list[dict[str, Any]] | None:
    """Return the least that tells the entries which are needed from the others of their names."""
    keys: list[dict[str, Any]] = []

    for name, version in sorted(set(pin.dependencies)):
        key: dict[str, Any] = {"name": name}
        others = named.get(name, ())
        wanted = next((other for other in others if other.version == version), None)

        if len({other.version for other in others}) > 1 and wanted is not None:
            if wanted.source is not None and _is_folder(wanted):
                key["directory"] = {"path": relative_path(wanted.source.reference.path, folder)}
            else:
                key["version"] = str(version)

        keys.append(key)

    return keys or None


def _is_folder(pin: UniversalPin) -> bool:
    return pin.source is not None and pin.source.reference.kind is SourceKind.LOCAL_FOLDER


def _source(source: PinnedSource, folder: str) -> dict[str, Any]:
    reference = source.reference
    subdirectory = reference.subdirectory or None
    place = place_of(reference.url, folder)

    if reference.kind is SourceKind.LOCAL_FOLDER:
        assert place.path is not None, reference.shown
        editable = reference.editable or None

        return {"directory": PackageDirectory(path=place.path, editable=editable, subdirectory=subdirectory)}

    if reference.kind is SourceKind.GIT:
        assert source.commit_id is not None, f"the commit of {reference.shown} is not known"

        return {
            "vcs": PackageVcs(
                type="git",
                url=place.url,
                path=place.path,
                requested_revision=reference.requested_revision,
                commit_id=source.commit_id,
                subdirectory=subdirectory,
            )
        }

    hashes = locked_hashes({**reference.hashes, **source.hashes}, reference.shown)

    return {
        "archive": PackageArchive(
            url=place.url, path=place.path, size=source.size, hashes=hashes, subdirectory=subdirectory
        )
    }


def _specifiers(text: str | None) -> SpecifierSet | None:
    """Parse a requires-python; None for what an old upload says that no standard knows."""
    try:
        return SpecifierSet(text) if text else None
    except InvalidSpecifier:
        return None
