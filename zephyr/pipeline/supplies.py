"""What a command fetches and builds with: index, cached wheels, built wheels. Having them opens nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.metadata.known_documents import KnownDocuments
from zephyr.model.index import Index
from zephyr.pipeline.built_wheels import BuiltWheels
from zephyr.pipeline.cached_wheels import CachedWheels
from zephyr.pipeline.document_packs import CachedPacks
from zephyr_workers.build_settings import BuildSettings
from zephyr_workers.credentials import Credentials, keyring_of
from zephyr_workers.http_client import HttpClient
from zephyr_workers.index_client import IndexClient

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Artifact
    from zephyr.model.interpreter import Interpreter
    from zephyr.pipeline.request import SupplyRequest
    from zephyr_cache import Cache
    from zephyr_workers.wheel import UnpackedWheel


@dataclass(frozen=True, slots=True)
class Supplies:
    """Those of one command."""

    request: SupplyRequest
    interpreter: Interpreter
    """What builds, and what is built for."""
    cache: Cache
    environ: Mapping[str, str]
    client: HttpClient
    index: IndexClient
    wheels: CachedWheels
    built: BuiltWheels
    known: KnownDocuments

    def find(self, name: NormalizedName, artifact: Artifact) -> UnpackedWheel | None:
        """Return the wheel of a file, downloaded or built before, that the cache has."""
        if artifact.is_wheel:
            return self.wheels.find(name, artifact)

        wheel = self.built.find(artifact.sha256)

        if wheel is not None and artifact.sha256 is not None:
            self.wheels.check(name, artifact, artifact.sha256)

        return wheel


def supplies_for(
    request: SupplyRequest,
    interpreter: Interpreter,
    cache: Cache,
    environ: Mapping[str, str],
    addresses: Iterable[str] = (),
    allowed_hashes: Mapping[NormalizedName, frozenset[str]] | None = None,
) -> Supplies:
    """Return the supplies of a command.

    ``addresses`` are those, beside the indexes', that a login may be needed for; ``allowed_hashes`` are the
    ``sha256:…`` values of which the wheel of a project must have one.
    """
    indexes = (*request.sources.indexes, *(Index(address) for address in addresses))
    client = HttpClient(
        request.network,
        Credentials(indexes, environ, keyring_of(request.network.keyring)),
        environment=environ,
    )
    building = request.building

    return Supplies(
        request,
        interpreter,
        cache,
        environ,
        client,
        IndexClient(request.sources, client, cache, refresh=request.refresh),
        CachedWheels(cache, allowed_hashes or {}),
        BuiltWheels(
            cache,
            interpreter,
            BuildSettings(building.config_settings),
            tuple(line.text for line in building.constraints),
            isolation=building.isolation,
        ),
        KnownDocuments(CachedPacks(cache)),
    )
