"""The SHA-256 of files whose index announces none: they are downloaded, and it is computed.

A lock without the digest of a file would make whoever installs it trust the index anew each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import replace
from zephyr.model.source_reference import SourceKind

if TYPE_CHECKING:
    from zephyr.model.artifact import Artifact
    from zephyr.model.universal import UniversalPin, UniversalResolution
    from zephyr.pipeline.workshop import Workshop

ARCHIVES = frozenset({SourceKind.LOCAL_ARCHIVE, SourceKind.REMOTE_ARCHIVE})


async def with_hashes(resolution: UniversalResolution, workshop: Workshop) -> UniversalResolution:
    """Return the resolution with the SHA-256 of every file, at once for all that miss one.

    Raises what downloading raises.
    """
    missing = {
        artifact.url: artifact
        for pin in resolution.pins
        for artifact in _files(pin)
        if artifact.sha256 is None
    }
    nodes = [workshop.tasks.download(artifact, workshop.sources.folder) for artifact in missing.values()]
    proven = {
        url: replace(artifact, hashes={**artifact.hashes, "sha256": downloaded.sha256}, size=downloaded.size)
        for (url, artifact), downloaded in zip(
            missing.items(), await workshop.graph.get_all(nodes), strict=True
        )
    }

    return replace(resolution, pins=tuple(_proven(pin, proven) for pin in resolution.pins))


def _files(pin: UniversalPin) -> tuple[Artifact, ...]:
    """Return the files of a pin, and the archive that it is named by, if it is one."""
    archive = (pin.place,) if pin.place is not None and _is_archive(pin) else ()

    return (*pin.wheels, *((pin.sdist,) if pin.sdist is not None else ()), *archive)


def _is_archive(pin: UniversalPin) -> bool:
    return pin.source is not None and pin.source.reference.kind in ARCHIVES


def _proven(pin: UniversalPin, proven: dict[str, Artifact]) -> UniversalPin:
    place = proven.get(pin.place.url) if pin.place is not None else None
    source = pin.source

    if place is not None and source is not None:
        source = replace(source, hashes=place.hashes, size=place.size)

    return replace(
        pin,
        wheels=tuple(proven.get(wheel.url, wheel) for wheel in pin.wheels),
        sdist=proven.get(pin.sdist.url, pin.sdist) if pin.sdist is not None else None,
        source=source,
    )
