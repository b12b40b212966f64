"""Sources as tasks of the graph: fetched, verified, unpacked, asked for their metadata, built into wheels.

A source archive is never built on a guess: only what the solver asks for, or what is finally chosen.
Metadata is read where the standards let it be believed, prepared by the backend otherwise, and only as
a last resort a wheel is built for it. Built wheels are validated like downloaded ones, and remembered by
source, interpreter and settings (`zephyr.pipeline.built_wheels`).

Keys: ``("source", url)``, ``("source metadata", url)``, ``("build", url)``.
"""

from __future__ import annotations

import itertools
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.graph.node import Node, Resource
from zephyr.model.filenames import parse_filename
from zephyr_workers.build_errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from packaging.utils import NormalizedName

    from zephyr.graph.work import Work
    from zephyr.model.artifact import Artifact
    from zephyr.model.interpreter import Interpreter
    from zephyr.model.source_reference import SourceReference
    from zephyr.pipeline.build_environments import InsideWork
    from zephyr.pipeline.built_wheels import BuiltWheels
    from zephyr.pipeline.wheels import Tasks
    from zephyr_cache import Cache
    from zephyr_workers.build import Builder
    from zephyr_workers.build_settings import BuildOptions, BuildSettings
    from zephyr_workers.sources import SourceTree
    from zephyr_workers.wheel import UnpackedWheel


@dataclass(frozen=True, slots=True)
class BuildRules:
    """How sources are built in one command."""

    interpreter: Interpreter
    options: BuildOptions
    settings: BuildSettings
    environments: Callable[[Work], InsideWork]
    """The environments to build in, as an action asks for them."""
    logs: str
    """Folder for the logs of builds that fail."""
    package_settings: Mapping[NormalizedName, BuildSettings] = field(
        default_factory=dict["NormalizedName", "BuildSettings"]
    )
    """In place of ``settings``, for single projects."""


class Sources:
    """The sources of one command; what is unpacked stays until it ends."""

    def __init__(
        self, tasks: Tasks, cache: Cache, built: BuiltWheels, rules: BuildRules, folder: str
    ) -> None:
        """``folder`` is private to this command, and goes with it."""
        self._tasks = tasks
        self._cache = cache
        self._built = built
        self._rules = rules
        self._folder = folder
        self._numbers = itertools.count()
        self._trees: dict[str, SourceTree] = {}
        self._editables: set[str] = set()
        self._settings: dict[str, BuildSettings] = {}

    @property
    def folder(self) -> str:
        """Where sources are put; it goes when the command ends."""
        return self._folder

    def add(self, url: str, tree: SourceTree, *, editable: bool = False) -> None:
        """Take in a source that is there already: a local folder, a checkout."""
        self._trees[url] = tree

        if editable:
            self._editables.add(url)

    def configure(self, url: str, settings: BuildSettings) -> None:
        """Have the source at ``url`` built with settings of its own."""
        self._settings[url] = settings

    def _settings_of(self, artifact: Artifact) -> BuildSettings:
        parsed = parse_filename(artifact.filename)
        own = self._rules.package_settings.get(parsed.name) if parsed is not None else None

        return self._settings.get(artifact.url) or own or self._rules.settings

    def _built_of(self, artifact: Artifact) -> BuiltWheels:
        settings = self._settings_of(artifact)

        return self._built if settings == self._rules.settings else self._built.under(settings)

    def metadata(self, artifact: Artifact) -> Node[bytes]:
        """Return the task that knows a source's METADATA."""

        async def ask(work: Work) -> bytes:
            built = self._built_of(artifact)
            kept = built.metadata(artifact.sha256)

            if kept is not None:
                return kept

            source = await work.get(self.source(artifact))

            with _named(artifact):
                found = built.metadata(source.digest) or await self._metadata_of(source, artifact, work)

            built.remember_metadata(source.digest, found)

            return found

        return Node(("source metadata", artifact.url), Resource.BUILD, ask, label=artifact.filename)

    async def _metadata_of(self, source: SourceTree, artifact: Artifact, work: Work) -> bytes:
        from zephyr_workers.static_metadata import static_metadata

        static = await work.run_sync(static_metadata, source)

        if static is not None:
            return static

        prepared = await self._builder(work).metadata(source, self._settings_of(artifact))

        if prepared is not None:
            return prepared

        wheel = await work.get(self._build(artifact))

        with open(metadata_path(wheel), "rb") as file:  # noqa: ASYNC230 - one small file
            return file.read()

    def wheel(self, name: NormalizedName, artifact: Artifact) -> Node[UnpackedWheel]:
        """Return the task that has the wheel of a source in the cache."""

        async def find(work: Work) -> UnpackedWheel:
            if artifact.sha256 is not None:
                self._tasks.check(name, artifact, artifact.sha256)

            found = self._built_of(artifact).find(artifact.sha256)

            return found if found is not None else await work.get(self._build(artifact))

        return Node(("unpack", artifact.url), Resource.DISK, find, label=artifact.filename)

    def _build(self, artifact: Artifact) -> Node[UnpackedWheel]:
        async def build(work: Work) -> UnpackedWheel:
            source = await work.get(self.source(artifact))

            # An editable wheel is made of a place, not of its content: it is never remembered.
            if artifact.url in self._editables:
                return await self._built_editable(source, artifact, work)

            built = self._built_of(artifact)

            async with built.lock(source.digest):
                found = built.find(source.digest)

                if found is None:
                    work.notice("debug", f"Building {artifact.filename} ({self._containment()})")

                    with _named(artifact):
                        found = await self._built_wheel(source, artifact, work)

                    built.remember(source.digest, found)

                return found

        return Node(("build", artifact.url), Resource.BUILD, build, label=artifact.filename)

    async def _built_editable(self, source: SourceTree, artifact: Artifact, work: Work) -> UnpackedWheel:
        with self._cache.staging() as folder:
            path = await self._builder(work).editable(source, self._settings_of(artifact), folder)

            return await work.run_sync(self._unpack, path)

    async def _built_wheel(self, source: SourceTree, artifact: Artifact, work: Work) -> UnpackedWheel:
        with self._cache.staging() as folder:
            path = await self._builder(work).wheel(source, self._settings_of(artifact), folder)

            return await work.run_sync(self._unpack, path)

    def built_file(self, artifact: Artifact, folder: str) -> Node[str]:
        """Return the task that builds the wheel of a source into ``folder``, and gives its path.

        It is judged like every wheel that is installed, and an editable source is built like any other.
        """

        async def build(work: Work) -> str:
            source = await work.get(self.source(artifact))
            work.notice("debug", f"Building {artifact.filename} ({self._containment()})")
            path = await self._builder(work).wheel(source, self._settings_of(artifact), folder)
            await work.run_sync(self._unpack, path)

            return path

        return Node(("built file", artifact.url), Resource.BUILD, build, label=artifact.filename)

    def _unpack(self, path: str) -> UnpackedWheel:
        import hashlib

        from zephyr_workers.unpack import unpack_wheel

        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()

        return unpack_wheel(path, os.path.basename(path), self._cache, digest)

    def source(self, artifact: Artifact, reference: SourceReference | None = None) -> Node[SourceTree]:
        """Return the task that has a source unpacked; ``reference`` says more of one named by place."""
        subdirectory = reference.subdirectory if reference is not None else ""

        async def unpack(work: Work) -> SourceTree:
            if artifact.url in self._trees:
                return self._trees[artifact.url]

            from zephyr_workers.source_archive import unpack_source

            folder = os.path.join(self._folder, f"source-{next(self._numbers)}")
            os.mkdir(folder)
            downloaded = await work.get(self._tasks.download(artifact, folder))
            parsed = parse_filename(artifact.filename)
            expected = (parsed.name, parsed.version) if parsed else None

            if parsed is not None:
                await work.run_sync(
                    self._tasks.check, parsed.name, artifact, downloaded.sha256, downloaded.path
                )

            tree = await work.run_sync(
                lambda: unpack_source(
                    downloaded.path,
                    artifact.filename,
                    os.path.join(folder, "source"),
                    sha256=downloaded.sha256,
                    subdirectory=subdirectory or None,
                    expected=expected,
                )
            )

            for warning in tree.warnings:
                work.notice("warning", f"{artifact.filename}: {warning}.")

            return tree

        return Node(("source", artifact.url), Resource.DISK, unpack, label=artifact.filename)

    def _containment(self) -> str:
        """Return what keeps builds in their place on this machine."""
        from zephyr_workers.containment import containment_level

        return f"containment: {containment_level(sandbox=self._rules.options.sandbox)}"

    def _builder(self, work: Work) -> Builder:
        from zephyr_workers.build import Builder

        rules = self._rules

        return Builder(rules.interpreter, rules.environments(work), rules.options, rules.logs)


@contextmanager
def _named(artifact: Artifact) -> Generator[None]:
    """Say in a failure which archive cannot be built: who knows the index can say what to take instead."""
    try:
        yield
    except BuildError as error:
        error.archive = error.archive or artifact.filename
        raise


def metadata_path(wheel: UnpackedWheel) -> str:
    """Return where the METADATA of an unpacked wheel lies."""
    return f"{wheel.tree.path}/{wheel.root}/{wheel.dist_info}/METADATA"
