"""One file from a server into a folder: hashed while it lands, resumed when it breaks off, proven at the end.

Nothing is believed before its digest matches (docs/architecture.md). A body may
never be longer than announced; a resumed one must continue the very same file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from zephyr.dataclass import dataclass
from zephyr_workers.http_failures import refuse_status
from zephyr_workers.landing import Landing, check_signature, mismatch, verify
from zephyr_workers.network_errors import (
    DownloadTooLarge,
    DownloadTruncated,
    FileMissing,
    IndexUnreachable,
    InvalidUrl,
)
from zephyr_workers.retry import Transient
from zephyr_workers.urls import host

if TYPE_CHECKING:
    from zephyr.model.artifact import Artifact
    from zephyr_workers.http_body import Body
    from zephyr_workers.http_client import HttpClient

CHUNK_SIZE = 512 * 1024
"""Bytes that are held in memory, of each download, before they are written."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that has landed and was proven by the best digest known of it."""

    path: str
    sha256: str
    """Always computed, also where the index announces none."""
    size: int


class Progress(Protocol):
    """Told how many bytes have landed, of how many (None where nobody says)."""

    def __call__(self, done: int, total: int | None, /) -> None:
        """Receive one report."""


def ignore_progress(done: int, total: int | None) -> None:
    """Be a `Progress` that nobody looks at."""


class Download:
    """Fetches one artifact; `run` may be called once."""

    def __init__(
        self, client: HttpClient, artifact: Artifact, folder: str, progress: Progress = ignore_progress
    ) -> None:
        self._client = client
        self._artifact = artifact
        self._progress = progress
        self._limit = artifact.size if artifact.size is not None else client.options.max_file_size

        if os.path.basename(artifact.filename) != artifact.filename or artifact.filename in ("", ".", ".."):
            raise InvalidUrl(f"{artifact.filename!a} cannot name a file.")

        self._landing = Landing(os.path.join(folder, artifact.filename), dict(artifact.hashes), self._limit)
        self._validator: str | None = None
        self._resumed = False

    async def run(self) -> Downloaded:
        """Return the proven file; raise an error naming it otherwise, with nothing left to be used."""
        import anyio

        try:
            await self._attempts()
            digests = self._landing.digests()

            if self._resumed and mismatch(self._artifact, digests):
                # The parts may be of two files: only a body in one piece says whether the bytes are wrong.
                await anyio.to_thread.run_sync(self._landing.restart)
                await self._attempts()
                digests = self._landing.digests()
        finally:
            if self._landing.is_open:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(self._landing.close)

        verify(self._artifact, digests, self._landing.size)

        return Downloaded(self._landing.path, digests["sha256"], self._landing.size)

    async def _attempts(self) -> None:
        try:
            await self._client.retrying(self._artifact.filename, self._attempt)
        except IndexUnreachable as error:
            if not self._landing.size:
                raise

            raise DownloadTruncated(
                f"{self._artifact.filename} broke off after {self._landing.size} bytes: "
                + error.message.removeprefix(f"{self._artifact.filename}: "),
                hint=error.hint,
                details=error.details,
            ) from error

    async def _attempt(self) -> None:
        headers = {"accept-encoding": "identity"} | self._range()

        async with self._client.open(self._artifact.url, headers, bulk=True) as body:
            total = await self._accept(body)
            await self._receive(body, total)

        if total is not None and self._landing.size < total:
            raise Transient(f"the body ended after {self._landing.size} of {total} bytes")

    async def _receive(self, body: Body, total: int | None) -> None:
        """Land the body, a large piece per visit to a thread."""
        import anyio

        pending = bytearray()

        try:
            while piece := await body.read():
                pending += piece

                if len(pending) >= CHUNK_SIZE:
                    await anyio.to_thread.run_sync(self._land, pending)
                    pending = bytearray()
                    self._progress(self._landing.size, total)
        except Transient:
            # What came before the body broke off is where the next attempt goes on.
            await anyio.to_thread.run_sync(self._land, pending)
            raise

        await anyio.to_thread.run_sync(self._land_last, pending)
        self._progress(self._landing.size, total)

    def _land(self, data: bytearray) -> None:
        if self._landing.size == 0 and data:
            check_signature(self._artifact, data)

        self._landing.write(data)

    def _land_last(self, data: bytearray) -> None:
        self._land(data)
        self._landing.close()

    def _range(self) -> dict[str, str]:
        """Ask for the rest when something that can be continued has landed."""
        if not self._landing.size or not (self._validator or self._artifact.hashes):
            return {}

        condition = {"if-range": self._validator} if self._validator else {}

        return {"range": f"bytes={self._landing.size}-"} | condition

    async def _accept(self, body: Body) -> int | None:
        """Decide whether ``body`` continues or restarts the file; return the whole size if known."""
        import anyio

        artifact, landed = self._artifact, self._landing.size

        if body.status == 206:
            span = content_range(body.headers.get("content-range"))

            if landed and span is not None and span[0] == landed:
                self._resumed = True
                return self._expected(span[2])

        if landed:
            await anyio.to_thread.run_sync(self._landing.restart)

        if body.status in (206, 416):
            raise Transient(f"{host(body.url)} answered with another part than was asked for")

        if body.status in (404, 410):
            raise FileMissing(
                f"{host(body.url)} does not have {artifact.filename} ({body.status}).",
                hint="Check the address; an index that lists it may just have changed: "
                "try again with --refresh.",
            )

        if body.status != 200:
            raise refuse_status(body.status, body.url, artifact.filename)

        self._validator = strong_validator(body.headers.get("etag"))
        length = body.headers.get("content-length", "")

        return self._expected(int(length) if length.isascii() and length.isdecimal() else None)

    def _expected(self, total: int | None) -> int | None:
        announced = self._artifact.size

        if total is not None and total > self._limit:
            raise DownloadTooLarge(
                f"{self._artifact.filename} has {total} bytes, but at most {self._limit} were announced."
            )

        if total is not None and announced is not None and total != announced:
            raise DownloadTruncated(
                f"{self._artifact.filename} has {total} bytes, the index announces {announced}."
            )

        return total if total is not None else announced


def content_range(value: str | None) -> tuple[int, int, int] | None:
    """Return first byte, last byte and whole size of a Content-Range header; None if it does not say."""
    unit, _, rest = (value or "").strip().partition(" ")
    span, _, total = rest.partition("/")
    first, _, last = span.partition("-")

    if unit.lower() != "bytes" or not all(
        text.isascii() and text.isdecimal() for text in (first, last, total)
    ):
        return None

    return (int(first), int(last), int(total)) if int(first) <= int(last) < int(total) else None


def strong_validator(etag: str | None) -> str | None:
    """Return an entity tag that If-Range may use: weak ones do not promise the same bytes."""
    return etag if etag and etag.startswith('"') else None
