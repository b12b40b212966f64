"""Which places of a lock are installed already just as the lock has them: those are not looked at again.

A repository or an archive is, where the installation's direct_url.json (PEP 610) has the same commit or
hash. A folder is, where besides the environment's state has the digest that the folder has now.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from zephyr.install.destination import Destination
from zephyr.install.state import read_state
from zephyr.model.artifact import Artifact
from zephyr.model.direct_url import direct_url_document
from zephyr.model.resolution import Pin
from zephyr.model.source_reference import SourceKind
from zephyr.pipeline.direct_url import Directs, is_same_origin
from zephyr_workers.local_folder import configuration_digest, local_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from packaging.utils import NormalizedName

    from zephyr.install.state import State
    from zephyr.model.environment import Environment, InstalledDistribution
    from zephyr.pipeline.requested_place import RequestedPlace
    from zephyr_cache import Cache


class Settled(NamedTuple):
    """Places, parted by whether they are installed as they should be."""

    pins: tuple[Pin, ...]
    """Of those that are; they need no wheels."""
    directs: Directs
    """The documents of these installations."""
    remaining: tuple[RequestedPlace, ...]
    """Those that have to be looked at."""


def settle(
    places: Iterable[RequestedPlace],
    installed: Mapping[NormalizedName, InstalledDistribution],
    environment: Environment,
    cache: Cache,
) -> Settled:
    """Part ``places``, each with the name of its project, by what ``environment`` has. Blocking."""
    destination = Destination.of(environment)
    state = read_state(destination.state, destination.root)
    pins: list[Pin] = []
    documents: dict[str, Mapping[str, Any]] = {}
    remaining: list[RequestedPlace] = []

    for place in places:
        assert place.reference.name is not None
        found = installed.get(place.reference.name)

        if found is None or found.direct_url is None or not _is_settled(place, found, state, cache):
            remaining.append(place)
            continue

        artifact = Artifact(place.reference.filename, f"{place.reference.url}#egg={found.name}")
        documents[artifact.url] = found.direct_url
        pins.append(Pin(found.name, found.version, artifact, None, None, direct=True))

    return Settled(tuple(pins), Directs(documents), tuple(remaining))


def _is_settled(place: RequestedPlace, found: InstalledDistribution, state: State, cache: Cache) -> bool:
    document = direct_url_document(place.reference, commit_id=place.commit_id)

    if place.version not in {None, found.version} or not is_same_origin(found.direct_url, document):
        return False

    if place.reference.kind is not SourceKind.LOCAL_FOLDER:
        return True

    entry = state.distributions.get(found.name)

    if entry is None or entry.version != str(found.version):
        return False

    folder = os.path.join(place.reference.path, place.reference.subdirectory)

    if place.reference.editable:
        return entry.source == configuration_digest(folder)

    return entry.source == local_source(folder, cache).digest
