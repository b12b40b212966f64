"""Recorded package indexes as a port: whole workloads resolved from memory.

A snapshot is a tar archive with ``manifest.json`` (``requirements``: the text of a requirements
file), ``pages/NAME.json`` (a project's files, as columns: ``f`` file name, ``s`` sha256, ``r``
Requires-Python, ``z`` size, ``t`` upload time, ``y`` yanked), ``metadata/WHEEL.metadata`` and
``files/SDIST``. METADATA recorded for one wheel of a version stands for the version's other wheels; what a
source archive says of itself stands for what its build would say (`tests.workloads.source_metadata`).
"""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from tests.workloads.source_metadata import declared_metadata
from zephyr.errors import ZephyrError
from zephyr.model.artifact import Artifact, Listing
from zephyr.model.filenames import parse_filename

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

HOST = "https://index.example"


class Snapshot:
    """Implements `zephyr.metadata.port.IndexPort` over one archive, and counts what is asked of it.

    With ``closed`` it lists only versions whose METADATA was recorded. An answer is then one of the whole
    index, too, but the way to it may differ: versions that nobody asked for stay out of sight.
    """

    def __init__(self, path: Path, *, closed: bool = False) -> None:
        self.requirements: list[str] = []
        self.listings = 0
        self.documents = 0
        self.misses: list[str] = []
        """Files whose METADATA was asked for and is not in the archive."""
        self._closed = closed
        self._pages: dict[str, Listing] = {}
        self._metadata: dict[str, bytes] = {}
        pages: dict[str, Any] = {}

        with tarfile.open(path, "r:*") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                folder, _, rest = member.name.partition("/")

                if file is None:
                    continue

                if folder == "manifest.json":
                    self.requirements = json.load(file)["requirements"].splitlines()
                elif folder == "pages":
                    pages[rest.removesuffix(".json")] = json.load(file)["cols"]
                elif folder == "metadata":
                    self._metadata[rest.removesuffix(".metadata")] = file.read()
                elif rest.endswith(".tar.gz"):
                    self._metadata[rest] = declared_metadata(file.read())

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

    def recorded(self, name: str, version: str) -> bytes:
        """Return the METADATA of one version of a project, whichever file it was recorded for."""
        for artifact in self._pages[canonicalize_name(name)].artifacts:
            parsed = parse_filename(artifact.filename, canonicalize_name(name))

            if parsed is not None and str(parsed.version) == version and artifact.filename in self._metadata:
                return self._metadata[artifact.filename]

        raise KeyError(f"{name} {version}")

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
        parsed = ((artifact, parse_filename(artifact.filename, name)) for artifact in artifacts)
        versions = [(artifact, found.version) for artifact, found in parsed if found is not None]
        recorded = {
            version: self._metadata[artifact.filename]
            for artifact, version in versions
            if artifact.filename in self._metadata
        }

        if self._closed:
            artifacts = tuple(artifact for artifact, version in versions if version in recorded)

        self._pages[name] = Listing(name, artifacts, f"{HOST}/simple/")

        for artifact, version in versions:
            if artifact.is_wheel and version in recorded:
                self._metadata.setdefault(artifact.filename, recorded[version])
