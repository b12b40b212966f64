"""A file being written from pieces that arrive, and the proof that it is what was announced."""

from __future__ import annotations

import errno
import hashlib
import os
from typing import TYPE_CHECKING, Protocol

from zephyr.errors import ZephyrError
from zephyr_workers.network_errors import (
    DownloadHashMismatch,
    DownloadTooLarge,
    DownloadTruncated,
    DownloadUnexpected,
)
from zephyr_workers.urls import host

if TYPE_CHECKING:
    from zephyr.model.artifact import Artifact

STRONGEST_FIRST = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5")
_SIGNATURES = {".whl": b"PK\x03\x04", ".zip": b"PK\x03\x04", ".tar.gz": b"\x1f\x8b"}


class Digest(Protocol):
    """What `hashlib.new` returns."""

    def update(self, data: bytes | bytearray, /) -> None:
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

    @property
    def is_open(self) -> bool:
        """Whether the file is open: `close` has something to do."""
        return self._file is not None

    def write(self, data: bytes | bytearray) -> None:
        """Append ``data``; raise `DownloadTooLarge` beyond the limit."""
        if self._file is None:
            begin = os.O_APPEND if self.size else os.O_TRUNC
            flags = os.O_WRONLY | os.O_CREAT | begin | getattr(os, "O_BINARY", 0)
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
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise

            raise ZephyrError(
                f"There is no room for {self.path}: {error.strerror}.",
                hint="Make room, or choose another cache folder with --cache-dir.",
                id="disk-full",
            ) from error

    def _fresh_digests(self) -> dict[str, Digest]:
        return {name: hashlib.new(name, usedforsecurity=False) for name in self._algorithms}


def check_signature(artifact: Artifact, data: bytes | bytearray) -> None:
    """Raise `DownloadUnexpected` when the first bytes are not of the kind that the file name says."""
    for suffix, signature in _SIGNATURES.items():
        if artifact.filename.endswith(suffix) and data[: len(signature)] != signature[: len(data)]:
            raise DownloadUnexpected(
                f"{artifact.filename} from {host(artifact.url)} is not an archive of its kind:"
                f" it begins with {bytes(data[:40])!r}.",
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
