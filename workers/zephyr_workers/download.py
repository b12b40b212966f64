"""One file from a server into a folder: hashed while it lands, resumed when it breaks off, proven at the end.

Nothing is believed before its digest matches (DESIGN: whole download, then verify, then parse). A body may
never be longer than announced; a resumed one must continue the very same file.
"""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from zephyr.errors import ZephyrError
from zephyr_workers.http_client import refuse_status
from zephyr_workers.network_errors import (
    DownloadHashMismatch,
    DownloadTooLarge,
    DownloadTruncated,
    DownloadUnexpected,
    FileMissing,
    IndexUnreachable,
    InvalidUrl,
)
from zephyr_workers.retry import Transient
from zephyr_workers.urls import host

if TYPE_CHECKING:
    from zephyr.model.artifact import Artifact
    from zephyr_workers.http_client import Body, HttpClient

CHUNK_SIZE = 1024 * 1024
STRONGEST_FIRST = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5")
_SIGNATURES = {".whl": b"PK\x03\x04", ".zip": b"PK\x03\x04", ".tar.gz": b"\x1f\x8b"}


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


class Digest(Protocol):
    """What `hashlib.new` returns."""

    def update(self, data: bytes, /) -> None:
        """Hash more bytes."""

    def hexdigest(self) -> str:
        """Return the digest so far."""
        ...


class Landing:
    """A file being written: counts and hashes what lands. Blocking: its methods are for a thread."""

    def __init__(self, path: str, hashes: dict[str, str], limit: int) -> None:
        """``limit`` is the most bytes that may land."""
        self.path = path
        self.size = 0
        self._limit = limit
        self._algorithms = {"sha256", *(name for name in STRONGEST_FIRST if name in hashes)}
        self._file: int | None = None
        self._digests = self._fresh_digests()

    def restart(self) -> None:
        """Forget everything that landed."""
        self.close()
        self.size = 0
        self._digests = self._fresh_digests()

    def write(self, data: bytes) -> None:
        """Append ``data``; raise `DownloadTooLarge` beyond the limit."""
        if self._file is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
            self._file = os.open(self.path, flags, 0o644)

        self.size += len(data)

        if self.size > self._limit:
            raise DownloadTooLarge(
                f"{os.path.basename(self.path)} is larger than announced ({self._limit} bytes)."
            )

        for digest in self._digests.values():
            digest.update(data)

        view = memoryview(data)

        while view:
            view = view[self._write(self._file, view) :]

    def digests(self) -> dict[str, str]:
        """Return the hexadecimal digests of what landed so far."""
        return {name: digest.hexdigest() for name, digest in self._digests.items()}

    def close(self) -> None:
        """Close the file, if it is open."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, file: int, view: memoryview) -> int:
        try:
            return os.write(file, view)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise

            raise ZephyrError(
                f"The disk is full: {self.path} cannot be written.",
                hint="Make room, or choose another cache folder with --cache-dir.",
                id="disk-full",
            ) from error

    def _fresh_digests(self) -> dict[str, Digest]:
        return {name: hashlib.new(name, usedforsecurity=False) for name in self._algorithms}


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
                f"{self._artifact.filename} broke off after {self._landing.size} bytes: {error.message}",
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
            async with body.chunks(decoded=False) as chunks:
                async for chunk in chunks:
                    pending += chunk

                    if len(pending) >= CHUNK_SIZE:
                        await anyio.to_thread.run_sync(self._land, bytes(pending))
                        pending.clear()
                        self._progress(self._landing.size, total)
        except Transient:
            # What came before the body broke off is where the next attempt goes on.
            await anyio.to_thread.run_sync(self._land, bytes(pending))
            raise

        await anyio.to_thread.run_sync(self._land, bytes(pending))
        self._progress(self._landing.size, total)

    def _land(self, data: bytes) -> None:
        if self._landing.size == 0 and data:
            check_signature(self._artifact, data)

        self._landing.write(data)

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
                f"{artifact.filename} is listed but {host(body.url)} does not have it ({body.status}).",
                hint="The index may just have changed: try again with --refresh.",
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


def check_signature(artifact: Artifact, data: bytes) -> None:
    """Raise `DownloadUnexpected` when the first bytes are not of the kind that the file name says."""
    for suffix, signature in _SIGNATURES.items():
        if artifact.filename.endswith(suffix) and data[: len(signature)] != signature[: len(data)]:
            raise DownloadUnexpected(
                f"{artifact.filename} from {host(artifact.url)} is not an archive of its kind:"
                f" it begins with {data[:40]!r}.",
                hint="A proxy or a login page may stand in between: open the address in a browser.",
            )


def verify(artifact: Artifact, digests: dict[str, str], size: int) -> None:
    """Raise `DownloadHashMismatch` or `DownloadTruncated` unless this is what the index announced."""
    wrong = mismatch(artifact, digests)

    if wrong is not None:
        raise DownloadHashMismatch(
            f"{artifact.filename} from {host(artifact.url)} has {wrong} {digests[wrong]},"
            f" expected {artifact.hashes[wrong]}.",
            hint="The file was changed, or something on the way changes it: do not install it.",
        )

    if artifact.size is not None and size != artifact.size:
        raise DownloadTruncated(f"{artifact.filename} has {size} bytes, the index announces {artifact.size}.")


def mismatch(artifact: Artifact, digests: dict[str, str]) -> str | None:
    """Return the algorithm by which the bytes differ from what was announced, None when none does."""
    return next(
        (
            name
            for name in STRONGEST_FIRST
            if artifact.hashes.get(name, digests.get(name)) != digests.get(name)
        ),
        None,
    )


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
