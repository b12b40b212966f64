"""A wheel's METADATA: out of the cache, or from its server (`zephyr_workers.remote_metadata`) and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr_workers.absences import Absences
from zephyr_workers.network_errors import FileMissing, OfflineMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.artifact import Artifact
    from zephyr_cache import Cache
    from zephyr_workers.http_client import HttpClient
    from zephyr_workers.kept_wheels import KeptWheels
    from zephyr_workers.remote_metadata import RemoteMetadata

BUCKET = "metadata-v1"
_MANY = 32
"""Documents that are written in one visit to a thread: going there costs as much as writing two."""


class MetadataReader:
    """Reads METADATA of remote wheels; wheels that come whole for it go to ``kept``."""

    def __init__(self, client: HttpClient, cache: Cache, kept: KeptWheels, *, refresh: bool = False) -> None:
        self._client = client
        self._cache = cache
        self._kept = kept
        self._refresh = refresh
        self._unwritten: dict[str, bytes] = {}
        self._absences = Absences(cache, refresh=refresh, offline=client.options.offline)
        self._remote: RemoteMetadata | None = None

    def stored(self, artifact: Artifact) -> bytes | None:
        """Return METADATA if it was read before. Blocking, two small files read at most.

        Raises `FileMissing` where the server said lately that there is no such wheel. With ``refresh``, that
        of a wheel without a known digest is read anew: an address may come to mean other bytes, a digest
        may not.
        """
        if self._refresh and artifact.sha256 is None:
            return None

        key = _key(artifact)
        metadata = self._unwritten.get(key) or self._cache.read(BUCKET, key)

        if metadata is None:
            self._absences.check(artifact.url)

        return metadata

    def _is_at_hand(self, artifact: Artifact) -> bool:
        """Tell whether `stored` is worth a visit to a thread: most documents that are asked for are new."""
        key = _key(artifact)

        return (
            key in self._unwritten or self._cache.holds(BUCKET, key) or self._absences.has_note(artifact.url)
        )

    async def read(self, artifact: Artifact) -> bytes:
        """Return METADATA and keep it for good; it is written together with others, by `close` at the latest.

        Raises `MetadataUnreadable` naming the file, `DownloadHashMismatch` for a sibling with other
        bytes than announced, and the errors of `HttpClient`.
        """
        import anyio.to_thread

        if self._is_at_hand(artifact):
            stored = await anyio.to_thread.run_sync(self.stored, artifact)

            if stored is not None:
                return stored

        if self._client.options.offline:
            raise OfflineMissing(
                f"The metadata of {artifact.filename} is not in the cache, and Zephyr is offline.",
                hint="Run the command once without --offline.",
            )

        try:
            metadata = await self._fetcher().fetch(artifact)
        except FileMissing as error:
            await anyio.to_thread.run_sync(self._absences.note, artifact.url, error.message)
            raise

        self._unwritten[_key(artifact)] = metadata

        if len(self._unwritten) >= _MANY:
            documents, self._unwritten = self._unwritten, {}
            await anyio.to_thread.run_sync(self._write, documents)

        return metadata

    def close(self) -> None:
        """Write what is not written yet. Blocking."""
        self._write(self._unwritten)

    def _fetcher(self) -> RemoteMetadata:
        from zephyr_workers.remote_metadata import RemoteMetadata

        if self._remote is None:
            self._remote = RemoteMetadata(self._client, self._kept)

        return self._remote

    def _write(self, documents: Mapping[str, bytes]) -> None:
        for key, metadata in documents.items():
            self._cache.write(BUCKET, key, metadata)


def _key(artifact: Artifact) -> str:
    """Return the key of a wheel's metadata: what its bytes are, or where they are."""
    return artifact.sha256 or artifact.url
