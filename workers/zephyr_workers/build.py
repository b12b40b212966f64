"""Builds: a source tree becomes a wheel, an editable wheel or its metadata (PEP 517, 518 and 660).

Each build has an environment that the engine fills (`BuildEnvironments`), folders of its own, limits
and a log. What is run is other people's code: `zephyr_workers.containment` says what it may write to.
"""

from __future__ import annotations

import contextlib
import os
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread

from zephyr_workers.build_errors import BuildCycle
from zephyr_workers.build_job import BuildJob
from zephyr_workers.build_process import Stop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator

    from zephyr.model.interpreter import Interpreter
    from zephyr_workers.build_backend import Kind
    from zephyr_workers.build_settings import BuildEnvironments, BuildOptions, BuildSettings
    from zephyr_workers.sources import SourceTree

T = TypeVar("T")

_under_way: ContextVar[tuple[SourceTree, ...]] = ContextVar("builds under way", default=())


class Builder:
    """Runs builds for one interpreter; any number at once. Failed builds leave their log in ``logs``."""

    def __init__(
        self, interpreter: Interpreter, environments: BuildEnvironments, options: BuildOptions, logs: str
    ) -> None:
        self._interpreter = interpreter
        self._environments = environments
        self._options = options
        self._logs = logs

    async def metadata(self, source: SourceTree, settings: BuildSettings) -> bytes | None:
        """Return METADATA as the backend prepares it without a build; None when it cannot.

        Raises the errors of `zephyr_workers.build_errors`, and those of the environments.
        """
        async with self._job(source, settings, "wheel") as job:
            return await in_thread(job.metadata)

    async def wheel(self, source: SourceTree, settings: BuildSettings, destination: str) -> str:
        """Build a wheel into the folder ``destination``; return its path.

        Its file name is one of ``source`` and for this interpreter; what is in it is not judged yet.
        Raises as `metadata` does.
        """
        async with self._job(source, settings, "wheel") as job:
            return await self._built(job, destination)

    async def editable(self, source: SourceTree, settings: BuildSettings, destination: str) -> str:
        """Build an editable wheel of the folder where ``source`` lies into ``destination``; return its path.

        Builds of one folder wait for each other, those of other processes too. Raises as `metadata` does,
        and `EditableUnsupported`.
        """
        async with self._job(source, settings, "editable") as job:
            return await self._built(job, destination)

    async def _built(self, job: BuildJob, destination: str) -> str:
        tags = frozenset(self._interpreter.tags)

        return await in_thread(lambda stop: job.build(destination, tags, stop))

    @contextlib.asynccontextmanager
    async def _job(self, source: SourceTree, settings: BuildSettings, kind: Kind) -> AsyncGenerator[BuildJob]:
        """Give a build that is ready for its last hook; nothing of it stays but the log of a failure."""
        job = BuildJob(source, kind, settings.config_settings, self._options, self._logs)

        with _chained(source):
            try:
                await in_thread(job.open)
                await self._fill(job)
                yield job
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(job.close)

    async def _fill(self, job: BuildJob) -> None:
        """Give ``job`` an environment with all that its backend wants."""
        job.python = self._interpreter.executable

        if not self._options.isolation:
            if self._options.check_dependencies:
                await self._environments.require(await in_thread(job.requirements))
                await self._environments.require(await in_thread(job.further_requirements))

            return

        required = await in_thread(job.requirements)
        job.python = self._python(await self._environments.prepare(required))
        further = await in_thread(job.further_requirements)

        if missing := sorted(set(further) - set(required)):
            job.python = self._python(await self._environments.prepare((*required, *missing)))

    def _python(self, environment: str) -> str:
        if self._interpreter.platform == "nt":
            return os.path.join(environment, "Scripts", "python.exe")

        return os.path.join(environment, "bin", "python")


@contextlib.contextmanager
def _chained(source: SourceTree) -> Generator[None]:
    """Refuse to build what is being built further up: it would wait for itself."""
    before = _under_way.get()
    chain = (*before, source)

    if any(other.digest == source.digest for other in before):
        raise BuildCycle(
            f"{source.shown} needs itself to be built: {' needs '.join(link.shown for link in chain)}.",
            hint="Allow a wheel for one of them (--only-binary).",
        )

    token = _under_way.set(chain)

    try:
        yield
    finally:
        _under_way.reset(token)


async def in_thread(work: Callable[[Stop], T]) -> T:
    """Run ``work`` in a thread. When the task is cancelled it is told to stop, and has ended on return."""
    stop = Stop()

    def run() -> T:
        # A cancellation may come before the thread does: then nothing must be waited for.
        stop.begin()

        try:
            return work(stop)
        finally:
            stop.ended()

    try:
        return await anyio.to_thread.run_sync(run, abandon_on_cancel=True)
    except anyio.get_cancelled_exc_class():
        stop.request()

        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(stop.wait)

        raise
