"""Which wheels the cache has already: found without any request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.pipeline.hashes import check_hashes, is_undecided

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Artifact
    from zephyr_cache import Cache
    from zephyr_workers.wheel import UnpackedWheel

DIGESTS = "wheel-digests-v1"
"""Bucket of the cache: URL of a wheel without a known SHA-256, and the hashes by which it was proven
instead, to the SHA-256 it had when first fetched."""


class CachedWheels:
    """Finds unpacked wheels by what an index says of their files, under the rules of one resolve."""

    def __init__(self, cache: Cache, allowed_hashes: Mapping[NormalizedName, frozenset[str]]) -> None:
        """``allowed_hashes``: per project, the ``sha256:…`` values of which its wheel must have one."""
        self._cache = cache
        self._allowed_hashes = allowed_hashes

    def find(self, name: NormalizedName, artifact: Artifact) -> UnpackedWheel | None:
        """Return the wheel, None where it has to be fetched. Raises `HashNotAllowed`."""
        digest = artifact.sha256

        if digest is None and not artifact.url.startswith("file:"):
            known = self._cache.read(DIGESTS, _key(artifact))
            digest = known.decode() if known else None

        tree = self._cache.tree(digest) if digest else None

        if tree is None or is_undecided(artifact, tree.digest, self._allowed_hashes.get(name)):
            return None

        from zephyr_workers.wheel import load_wheel

        self.check(name, artifact, tree.digest)
        self._cache.touch(tree.digest)
        wheel = load_wheel(tree, artifact.filename)

        # Where another size is announced, fetching says what is wrong.
        return None if wheel is not None and _differs(artifact.size, wheel.archive_size) else wheel

    def check(self, name: NormalizedName, artifact: Artifact, sha256: str, path: str | None = None) -> None:
        """Raise `HashNotAllowed` where a file of this digest, at ``path``, is not one that is allowed."""
        check_hashes(artifact, sha256, self._allowed_hashes.get(name), path)

    def remember(self, artifact: Artifact, sha256: str) -> None:
        """Note the digest of a wheel that was fetched, where its index gives none."""
        if artifact.sha256 is None and not artifact.url.startswith("file:"):
            self._cache.write(DIGESTS, _key(artifact), sha256.encode())


def _differs(announced: int | None, found: int | None) -> bool:
    return announced is not None and found is not None and announced != found


def _key(artifact: Artifact) -> str:
    """Return what names a file without a known SHA-256: other hashes would be a claim about other bytes."""
    return " ".join((artifact.url, *(f"{name}={digest}" for name, digest in sorted(artifact.hashes.items()))))
