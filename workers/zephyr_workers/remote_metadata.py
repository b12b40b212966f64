"""A wheel's METADATA from its server, with as few bytes as that allows.

In order: the sibling file (PEP 658), verified by its digest; ranged reads of the wheel's end, one request
for most; the whole wheel, verified and kept for the installation. What a server cannot do is remembered
per origin, and how far METADATA lies from the end per project, since versions of one project look alike.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from zephyr_workers import remote_wheel
from zephyr_workers.download import content_range
from zephyr_workers.network_errors import DownloadHashMismatch, MetadataUnreadable
from zephyr_workers.remote_wheel import Tail
from zephyr_workers.urls import host, origin

if TYPE_CHECKING:
    from zephyr.model.artifact import Artifact
    from zephyr_workers.http_client import HttpClient
    from zephyr_workers.kept_wheels import KeptWheels


class RangesUnsupported(Exception):
    """Raised when a server does not give the part that was asked for."""


class RemoteMetadata:
    """Fetches METADATA of remote wheels; those that come whole for it go to ``kept``."""

    def __init__(self, client: HttpClient, kept: KeptWheels) -> None:
        self._client = client
        self._kept = kept
        self._without_ranges: set[str] = set()
        self._tails: dict[str, int] = {}

    async def fetch(self, artifact: Artifact) -> bytes:
        """Return METADATA.

        Raises `MetadataUnreadable` naming the file, `DownloadHashMismatch` for a sibling with other
        bytes than announced, and the errors of `HttpClient`.
        """
        if artifact.metadata_hashes is not None:
            metadata = await self._sibling(artifact)

            if metadata is not None:
                return metadata

        if not artifact.is_wheel:
            raise MetadataUnreadable(
                f"{artifact.filename} is not a wheel, and the index has no metadata of it."
            )

        if origin(artifact.url) not in self._without_ranges:
            try:
                return await self._ranged(artifact)
            except RangesUnsupported:
                self._without_ranges.add(origin(artifact.url))
            except MetadataUnreadable:
                # Parts prove nothing: the whole wheel, whose digest is known, decides.
                pass

        return await self._from_whole(artifact)

    async def _sibling(self, artifact: Artifact) -> bytes | None:
        """Return the sibling's bytes, None when it is not there after all."""
        answer = await self._client.get(
            f"{artifact.url}.metadata",
            {"accept-encoding": "gzip"},
            limit=self._client.options.max_metadata_size,
            subject=f"the metadata of {artifact.filename}",
        )

        if answer.status != 200:
            return None

        announced = dict(artifact.metadata_hashes or {})
        digests = {name: hashlib.new(name, answer.body).hexdigest() for name in announced}

        if digests != announced:
            raise DownloadHashMismatch(
                f"The metadata of {artifact.filename} from {host(artifact.url)} is not what the index"
                " announces.",
                hint="The index is inconsistent, or something on the way changes it.",
            )

        return answer.body

    async def _ranged(self, artifact: Artifact) -> bytes:
        project = artifact.filename.partition("-")[0]
        tail = await self._tail(artifact, self._tails.get(project, remote_wheel.TAIL_SIZE))
        directory = remote_wheel.directory_start(tail, artifact.filename)

        if tail.start == 0:
            self._kept.remember(artifact, tail.data)

        if not tail.holds(directory):
            tail = await self._extended(artifact, tail, max(0, directory - remote_wheel.BEFORE_DIRECTORY))

        member = remote_wheel.find_metadata(tail, artifact.filename)
        self._tails[project] = remote_wheel.wanted_tail(tail.end, directory, member)

        if tail.holds(member.start):
            data = tail.data[member.start - tail.start : member.end - tail.start]
        else:
            data = await self._part(artifact, member.start, min(member.end, tail.start), tail.end)
            data += tail.data[: max(0, member.end - tail.start)]

        limit = self._client.options.max_metadata_size

        return remote_wheel.read_member(data, member, artifact.filename, limit)

    async def _tail(self, artifact: Artifact, size: int) -> Tail:
        """Return the last ``size`` bytes; by their place where the server misreads a suffix range."""
        first, total, data = await self._request(artifact, f"bytes=-{size}")

        if first + len(data) == total:
            return Tail(first, data)

        start = max(0, total - size)

        return Tail(start, await self._part(artifact, start, total, total))

    async def _extended(self, artifact: Artifact, tail: Tail, start: int) -> Tail:
        return Tail(start, await self._part(artifact, start, tail.start, tail.end) + tail.data)

    async def _part(self, artifact: Artifact, start: int, end: int, total: int) -> bytes:
        if end - start > remote_wheel.LARGEST_DIRECTORY:
            raise MetadataUnreadable(f"{artifact.filename}: its central directory is out of bounds.")

        first, size, data = await self._request(artifact, f"bytes={start}-{end - 1}")

        if (first, size, len(data)) != (start, total, end - start):
            raise RangesUnsupported

        return data

    async def _request(self, artifact: Artifact, wanted: str) -> tuple[int, int, bytes]:
        """Ask for one part; return its offset, the size of the whole file, and its bytes."""

        async def attempt() -> tuple[int, int, bytes]:
            async with self._client.open(
                artifact.url, {"accept-encoding": "identity", "range": wanted}
            ) as body:
                span = content_range(body.headers.get("content-range"))

                if body.status != 206 or span is None:
                    raise RangesUnsupported

                data = await body.whole(remote_wheel.LARGEST_DIRECTORY)

            if len(data) != span[1] - span[0] + 1:
                raise RangesUnsupported

            return span[0], span[2], data

        return await self._client.retrying(f"the metadata of {artifact.filename}", attempt)

    async def _from_whole(self, artifact: Artifact) -> bytes:
        import anyio

        kept = await self._kept.fetch(artifact)
        limit = self._client.options.max_metadata_size

        return await anyio.to_thread.run_sync(read_local, kept.path, artifact.filename, limit)


def read_local(path: str, filename: str, limit: int) -> bytes:
    """Return METADATA of the wheel at ``path``. Blocking. Raises `MetadataUnreadable`."""
    with open(path, "rb") as file:
        size = file.seek(0, 2)

        def part(start: int, end: int) -> bytes:
            file.seek(start)

            return file.read(end - start)

        start = max(0, size - remote_wheel.TAIL_SIZE)
        tail = Tail(start, part(start, size))
        directory = remote_wheel.directory_start(tail, filename)

        if not tail.holds(directory):
            tail = Tail(directory, part(directory, size))

        member = remote_wheel.find_metadata(tail, filename)

        return remote_wheel.read_member(part(member.start, member.end), member, filename, limit)
