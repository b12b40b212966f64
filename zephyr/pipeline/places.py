"""Projects named by place: folders, archives and repositories, fetched and asked who they are.

A requirement such as ``./project`` or ``git+https://…`` says where, not what: name and version are known
only from the project's metadata. So places come before the resolve, all at once, and enter it as
requirements like any other.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.metadata import parse_email
from packaging.version import InvalidVersion, Version

from zephyr.dataclass import dataclass, replace
from zephyr.errors import ZephyrError
from zephyr.graph.node import Node, Resource
from zephyr.metadata.direct import DirectReference
from zephyr.metadata.requirements import Requirement, RootRequirement
from zephyr.model.artifact import Artifact
from zephyr.model.direct_url import direct_url_document
from zephyr.model.names import canonicalize_name
from zephyr.model.source_reference import SourceKind
from zephyr.pipeline.hashes import HashNotAllowed, check_hashes
from zephyr.pipeline.requested_place import FoundPlace
from zephyr_workers import git_source
from zephyr_workers.build_settings import BuildSettings
from zephyr_workers.git_working_copy import working_copy
from zephyr_workers.local_folder import configuration_digest, local_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.graph.graph import TaskGraph
    from zephyr.graph.work import Work
    from zephyr.model.source_reference import SourceReference
    from zephyr.pipeline.requested_place import RequestedPlace
    from zephyr.pipeline.sources import Sources
    from zephyr_cache import Cache
    from zephyr_workers.sources import SourceTree


class PlaceMismatch(ZephyrError):
    """Raised for a place whose project has another name or version than the one it was asked for by."""

    id = "source-name-mismatch"


@dataclass(frozen=True, slots=True)
class Places:
    """Finds out what places are, with the tasks of one command."""

    graph: TaskGraph
    sources: Sources
    cache: Cache
    environ: Mapping[str, str]
    working_copies: str
    """Folder for the repositories that are installed editable."""
    offline: bool = False
    refresh: bool = False

    async def placed(self, places: tuple[RequestedPlace, ...]) -> list[FoundPlace]:
        """Fetch all places at the same time and read their metadata."""
        return await self.graph.get_all([self._node(place) for place in places])

    def _node(self, place: RequestedPlace) -> Node[FoundPlace]:
        async def look(work: Work) -> FoundPlace:
            return await self._look(place, work)

        reference = place.reference
        where = (reference.url, reference.requested_revision, reference.subdirectory)
        key = ("place", *where, reference.editable, reference.extras, place.bounds)

        return Node(key, Resource.NETWORK, look, label=reference.shown)

    async def _working_copy(self, place: RequestedPlace) -> RequestedPlace:
        """Turn an editable repository into a folder: that of a working copy, which stays, as in pip."""
        folder = await working_copy(
            place.reference,
            self.cache,
            folder=self.working_copies,
            offline=self.offline,
            refresh=self.refresh,
            environ=self.environ,
        )
        url = Path(folder).as_uri()
        reference = replace(
            place.reference,
            kind=SourceKind.LOCAL_FOLDER,
            url=url,
            requested_revision=None,
            subdirectory="",
            given=url,
        )

        return replace(place, reference=reference)

    async def _look(self, place: RequestedPlace, work: Work) -> FoundPlace:
        asked = place.reference

        if place.reference.editable and place.reference.kind is SourceKind.GIT:
            place = await self._working_copy(place)

        reference = place.reference
        url, commit = reference.url, None
        source: str | None = None
        tree: SourceTree | None = None

        if reference.kind is SourceKind.LOCAL_FOLDER:
            folder = os.path.join(reference.path, reference.subdirectory).rstrip("/")
            tree = await work.run_sync(local_source, folder, self.cache)
            source = configuration_digest(folder) if reference.editable else tree.digest
        elif reference.kind is SourceKind.GIT:
            revision = place.commit_id or reference.requested_revision
            checkout = await git_source.fetch(
                replace(reference, requested_revision=revision),
                self.cache,
                offline=self.offline,
                refresh=self.refresh,
                work_folder=self.sources.folder,
                environ=self.environ,
            )
            tree, commit = checkout.tree, checkout.commit_id
            url = f"git+{reference.url}@{commit}"

        if reference.subdirectory:
            url = f"{url}#subdirectory={reference.subdirectory}"

        artifact = Artifact(reference.filename, url, reference.hashes)

        if place.config_settings:
            self.sources.configure(url, BuildSettings(place.config_settings))

        if tree is not None:
            self.sources.add(url, tree, editable=reference.editable)
        else:
            tree = await work.get(self.sources.source(artifact, reference))

        check_place(place, artifact, tree.digest)
        metadata = await work.get(self.sources.metadata(artifact))
        root = _root(place, asked, artifact, metadata)
        document = direct_url_document(reference, commit_id=commit, sha256=tree.digest)

        return FoundPlace(root, document, source, place.bounds)


def check_place(place: RequestedPlace, artifact: Artifact, digest: str) -> None:
    """Hold a place to the hashes that are given for it. Raises `HashNotAllowed`."""
    if not place.hashes:
        return

    if place.reference.kind in {SourceKind.LOCAL_FOLDER, SourceKind.GIT}:
        raise HashNotAllowed(
            f"{place.reference.shown} is no archive, so a hash says nothing of it ({place.origin})",
            hint="Leave the hash out, or ask for an archive.",
        )

    check_hashes(artifact, digest, frozenset(place.hashes))


def _root(
    place: RequestedPlace, asked: SourceReference, artifact: Artifact, metadata: bytes
) -> RootRequirement:
    reference = place.reference
    name, version = _identity(metadata, place)
    stem = name.replace("-", "_")
    named = replace(artifact, filename=f"{stem}-{version}.tar.gz")
    requirement = Requirement(name, "", reference.extras, reference.marker, artifact.url)
    direct = DirectReference(name, version, named, reference.given, asked)

    return RootRequirement(requirement, place.origin, frozenset(place.hashes), direct)


def _identity(metadata: bytes, place: RequestedPlace) -> tuple[NormalizedName, Version]:
    """Return who a project says it is. Raises `PlaceMismatch`."""
    headers, _ = parse_email(metadata)
    shown, wanted = place.reference.shown, place.reference.name

    try:
        name, version = canonicalize_name(headers.get("name", "")), Version(headers.get("version", ""))
    except InvalidVersion as error:
        raise PlaceMismatch(
            f"The metadata of {shown} has no valid version ({place.origin}): {headers.get('version')!r}"
        ) from error

    if wanted is not None and name != wanted:
        raise PlaceMismatch(
            f"{shown} is the project {name}, but it was asked for as {wanted} ({place.origin})",
            hint=f"Ask for it as {name}.",
        )

    if place.version not in {None, version}:
        raise PlaceMismatch(
            f"{shown} has {name} {version}, but it was asked for as {place.version} ({place.origin})"
        )

    return name, version
