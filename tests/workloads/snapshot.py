"""Recorded package indexes as a port: whole workloads resolved from memory.

A snapshot is a tar archive with ``manifest.json`` (``requirements``: the text of a requirements
file), ``pages/NAME.json`` (a project's files, as columns: ``f`` file name, ``s`` sha256, ``r``
Requires-Python, ``z`` size, ``t`` upload time, ``y`` yanked) and ``metadata/WHEEL.metadata``. METADATA
recorded for one wheel of a version stands for the version's other wheels.
"""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from zephyr.errors import ZephyrError
from zephyr.metadata.filenames import parse_filename
from zephyr.model.artifact import Artifact, Listing

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

HOST = "https://index.example"


class Snapshot:
    """Implements `zephyr.metadata.port.IndexPort` over one archive, and counts what is asked of it."""

    def __init__(self, path: Path) -> None:
        self.requirements: list[str] = []
        self.listings = 0
        self.documents = 0
        self.misses: list[str] = []
        """Wheels whose METADATA was asked for and is not in the archive."""
        self._pages: dict[str, Listing] = {}
        self._metadata: dict[str, bytes] = {}
        pages: dict[str, Any] = {}

        with tarfile.open(path, "r:*") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                folder, _, rest = member.name.partition("/")

                if file is None or folder == "files":
                    continue

                if folder == "manifest.json":
                    self.requirements = json.load(file)["requirements"].splitlines()
                elif folder == "pages":
                    pages[rest.removesuffix(".json")] = json.load(file)["cols"]
                elif folder == "metadata":
                    self._metadata[rest.removesuffix(".metadata")] = file.read()

        for name, columns in pages.items():
            self._add_page(canonicalize_name(name), columns)

    async def listing(self, name: NormalizedName, /) -> Listing:
        self.listings += 1

        return self._pages.get(name, Listing(name))

    async def metadata(self, artifact: Artifact, /) -> bytes:
        self.documents += 1

        try:
            return self._metadata[artifact.filename]
        except KeyError:
            self.misses.append(artifact.filename)
            raise ZephyrError(f"{artifact.filename} was not recorded", id="file-missing") from None

    def _add_page(self, name: NormalizedName, columns: dict[str, list[Any]]) -> None:
        def column(key: str) -> list[Any]:
            return columns.get(key) or [None] * len(columns["f"])

        rows = zip(*(column(key) for key in "fsrzty"), strict=True)
        artifacts = tuple(
            Artifact(
                filename,
                f"{HOST}/files/{filename}",
                {"sha256": digest} if digest else {},
                size,
                requires_python,
                None if not yanked else yanked if isinstance(yanked, str) else "",
                upload_time,
                {},
            )
            for filename, digest, requires_python, size, upload_time, yanked in rows
        )
        self._pages[name] = Listing(name, artifacts, f"{HOST}/simple/")
        self._share_metadata(name, artifacts)

    def _share_metadata(self, name: NormalizedName, artifacts: tuple[Artifact, ...]) -> None:
        wheels = [
            (parsed.version, artifact.filename)
            for artifact in artifacts
            if artifact.is_wheel and (parsed := parse_filename(artifact.filename, name))
        ]
        recorded = {
            version: self._metadata[filename] for version, filename in wheels if filename in self._metadata
        }

        for version, filename in wheels:
            if filename not in self._metadata and version in recorded:
                self._metadata[filename] = recorded[version]
