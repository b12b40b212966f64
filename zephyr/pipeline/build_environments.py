"""Build environments, filled by Zephyr's own engine from the same cache (PEP 518).

An environment is known by the wheels in it and the interpreter, so builds that need the same share one,
within a command and between commands. It is complete before anybody sees it, and never changed again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from zephyr.environments.creation import create_environment
from zephyr.environments.installed import read_installed
from zephyr.metadata.request import ResolveRequest, Rules
from zephyr.metadata.requirements import parse_root
from zephyr.metadata.resolve import resolve
from zephyr.pipeline.bytecode import compile_wheels
from zephyr.pipeline.change import Ordered, change_environment
from zephyr.pipeline.request import Installation
from zephyr.pipeline.satisfied import first_unsatisfied
from zephyr_workers.build_errors import BuildDependenciesUnmet
from zephyr_workers.cache_lock import exclusive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr.graph.events import Listener
    from zephyr.graph.work import Work
    from zephyr.metadata.requirements import RootRequirement
    from zephyr.model.interpreter import Interpreter
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.wheels import Tasks
    from zephyr_cache import Cache
    from zephyr_workers.wheel import UnpackedWheel

BUCKET = "trees-build-environments-v1"
"""Of the cache: folders that are kept here, under its locks (`zephyr_cache.layout`)."""
READY = "ready"
"""Beside an environment that is complete."""
LOCK_LIMIT = 600.0
"""Seconds that another process may take to make the same environment."""


class EngineEnvironments:
    """Makes build environments with the tasks of one command; see `zephyr_workers.build`."""

    def __init__(
        self,
        tasks: Tasks,
        cache: Cache,
        interpreter: Interpreter,
        constraints: tuple[RootRequirement, ...],
        listener: Listener,
    ) -> None:
        """``constraints`` bound the build requirements (``--build-constraint``)."""
        self._tasks = tasks
        self._cache = cache
        self._interpreter = interpreter
        self._constraints = constraints
        self._listener = listener

    def inside(self, work: Work) -> InsideWork:
        """Return the environments as an action asks for them."""
        return InsideWork(self, work)

    async def prepare(self, requirements: tuple[str, ...], work: Work) -> str:
        """Return the folder of an environment with ``requirements``.

        ``--no-binary`` does not reach build requirements, and pre-releases are used only where nothing
        else satisfies. Raises what resolving, fetching and installing raise.
        """
        question = ResolveRequest(
            requirements=tuple(parse_root(text, "a build requirement") for text in requirements),
            interpreter=self._interpreter,
            constraints=self._constraints,
            rules=Rules(),
        )
        tasks = self._tasks.inside(work)
        resolution = await resolve(question, tasks)
        wheels = await work.get_all([tasks.wheel(pin.name, pin.artifact) for pin in resolution.pins])

        key = self._key(wheels)
        place = os.path.join(self._cache.root, BUCKET, key)
        environment = os.path.join(place, "environment")

        async with exclusive(self._cache, f"{BUCKET} {key}", LOCK_LIMIT):
            await work.run_sync(self._fill, place, environment, resolution.pins, wheels)

        return environment

    def require(self, requirements: tuple[str, ...]) -> None:
        """Raise `BuildDependenciesUnmet` unless the interpreter's environment holds ``requirements``."""
        scheme = self._interpreter.scheme
        found = read_installed((scheme.purelib, scheme.platlib)).distributions
        missing = first_unsatisfied(
            [Requirement(text) for text in requirements],
            [],
            {one.name: one for one in found},
            self._interpreter.markers,
        )

        if missing is not None:
            raise BuildDependenciesUnmet(
                f"A build needs {missing}, and {self._interpreter.prefix} does not have it",
                hint="Install it there first, or leave --no-build-isolation out.",
            )

    def _key(self, wheels: Sequence[UnpackedWheel]) -> str:
        """Return what an environment with these wheels is known by."""
        digest = hashlib.sha256(f"{self._interpreter.base_executable} {self._interpreter.version}".encode())

        for wheel in sorted(wheels, key=lambda wheel: wheel.sha256):
            digest.update(wheel.sha256.encode())

        return digest.hexdigest()[:32]

    def _fill(
        self, place: str, environment: str, pins: tuple[Pin, ...], wheels: Sequence[UnpackedWheel]
    ) -> None:
        if os.path.exists(os.path.join(place, READY)):
            return

        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place, mode=0o700)
        made = create_environment(environment, self._interpreter, store=self._cache)
        # Builds cannot write here: without bytecode each would compile its backend anew.
        bytecode = compile_wheels(made.interpreter, wheels, self._cache)
        ordered = Ordered(pins, {wheel.name: wheel for wheel in wheels}, bytecode)
        change_environment(made, ordered, Installation(), self._cache, self._listener)

        with open(os.path.join(place, READY), "wb"):
            pass


class InsideWork:
    """The `BuildEnvironments` of the build settings for one action, whose slot is given back meanwhile."""

    def __init__(self, environments: EngineEnvironments, work: Work) -> None:
        self._environments = environments
        self._work = work

    async def prepare(self, requirements: tuple[str, ...]) -> str:
        """Return the folder of an environment with ``requirements``."""
        return await self._environments.prepare(requirements, self._work)

    async def require(self, requirements: tuple[str, ...]) -> None:
        """Raise `BuildDependenciesUnmet` unless what is installed is enough."""
        await self._work.run_sync(self._environments.require, requirements)
