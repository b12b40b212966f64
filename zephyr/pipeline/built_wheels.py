"""Which sources were built before, and what their metadata was: records of the cache.

A record is found by the source's digest, the interpreter and the settings of the build. The wheel itself
lies in the cache like any other, under its own digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from packaging.utils import NormalizedName

    from zephyr.metadata.stored import StoredFacts
    from zephyr.model.artifact import Artifact, Listing
    from zephyr.model.interpreter import Interpreter
    from zephyr_cache import Cache
    from zephyr_workers.build_settings import BuildSettings
    from zephyr_workers.wheel import UnpackedWheel

WHEELS = "built-wheels-v1"
METADATA = "source-metadata-v1"
LOCK_LIMIT = 7_200.0
"""Seconds: longer than any build may take."""


class BuiltWheels:
    """The records for one interpreter, one set of settings and one set of build constraints."""

    def __init__(
        self,
        cache: Cache,
        interpreter: Interpreter,
        settings: BuildSettings,
        constraints: tuple[str, ...] = (),
        *,
        isolation: bool = True,
    ) -> None:
        """Without ``isolation`` what is built depends on what is installed: then nothing is remembered."""
        self._cache = cache
        self._interpreter = interpreter
        self._constraints = constraints
        self._remembers = isolation
        self._settings = settings

    def under(self, settings: BuildSettings) -> BuiltWheels:
        """Return the records of builds with other settings."""
        return BuiltWheels(
            self._cache, self._interpreter, settings, self._constraints, isolation=self._remembers
        )

    def lock(self, digest: str) -> AbstractAsyncContextManager[None]:
        """Hold the source of this digest against other commands that would build the same meanwhile."""
        from zephyr_workers.cache_lock import exclusive

        return exclusive(self._cache, f"{WHEELS} {self._key(digest)}", LOCK_LIMIT)

    def find(self, digest: str | None) -> UnpackedWheel | None:
        """Return the wheel that was built from the source of this digest, None where there is none."""
        record = self._read(WHEELS, digest)

        if record is None:
            return None

        tree = self._cache.tree(record.decode())

        if tree is None:
            return None

        from zephyr_workers.wheel import load_wheel

        return load_wheel(tree)

    def remember(self, digest: str, wheel: UnpackedWheel) -> None:
        """Note what was built from the source of this digest."""
        if self._remembers:
            self._cache.write(WHEELS, self._key(digest), wheel.sha256.encode())

    def metadata(self, digest: str | None) -> bytes | None:
        """Return the METADATA of the source of this digest, None where it is not known."""
        return self._read(METADATA, digest)

    def remember_metadata(self, digest: str, document: bytes) -> None:
        """Note the METADATA of the source of this digest."""
        if self._remembers:
            self._cache.write(METADATA, self._key(digest), document)

    def _read(self, bucket: str, digest: str | None) -> bytes | None:
        return self._cache.read(bucket, self._key(digest)) if digest and self._remembers else None

    def _key(self, digest: str) -> str:
        import hashlib
        import json

        document = [
            self._interpreter.implementation,
            self._interpreter.version,
            self._interpreter.tags[:1],
            sorted(self._settings.config_settings.items()),
            sorted(self._constraints),
        ]

        return f"{digest} {hashlib.sha256(json.dumps(document).encode()).hexdigest()}"


class StoredSources:
    """`zephyr.metadata.stored.StoredFacts` that know the METADATA of sources seen before."""

    def __init__(self, facts: StoredFacts, built: BuiltWheels) -> None:
        self._facts = facts
        self._built = built

    def stored_listing(self, name: NormalizedName, /) -> Listing | None:
        """Return a stored listing."""
        return self._facts.stored_listing(name)

    def stored_metadata(self, artifact: Artifact, /) -> bytes | None:
        """Return the stored METADATA of a wheel or a source."""
        if artifact.is_wheel:
            return self._facts.stored_metadata(artifact)

        return self._built.metadata(artifact.sha256)
