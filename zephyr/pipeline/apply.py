"""Carries out a change that was decided on; what turns out to be damaged in the cache is fetched again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.graph.steps import step
from zephyr.install.errors import DamagedTree, EnvironmentChangeError
from zephyr.pipeline.believed import check_believed
from zephyr.pipeline.change import Ordered, change_environment, held
from zephyr.pipeline.healing import ATTEMPTS, heal
from zephyr_workers.wheel_errors import MetadataMismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packaging.utils import NormalizedName

    from zephyr.graph.events import Listener
    from zephyr.model.environment import Environment, InstalledDistribution
    from zephyr.model.resolution import Pin, Resolution
    from zephyr.pipeline.acquired import Acquired
    from zephyr.pipeline.early_staging import EarlyStaging
    from zephyr.pipeline.request import Installation
    from zephyr_cache import Cache, Tree


@dataclass(frozen=True, slots=True)
class Decided:
    """A change: what is to be installed and removed, and what that was chosen for."""

    environment: Environment
    installed: Mapping[NormalizedName, InstalledDistribution]
    pins: tuple[Pin, ...]
    removed: frozenset[NormalizedName] = frozenset()


def apply(
    decided: Decided,
    acquired: Acquired,
    again: Callable[[Resolution], Acquired],
    options: Installation,
    cache: Cache,
    listener: Listener,
    early: EarlyStaging | None = None,
) -> list[str]:
    """Change the environment and return warnings; ``again`` gets the wheels of a resolution anew.

    ``early`` may have staged some of them.
    Raises what `check_believed` and `change_environment` raise; the environment is then as it was.
    """
    attempts = 0

    while True:
        try:
            check_believed(decided.pins, acquired.wheels)

            return change_environment(
                decided.environment,
                _ordered(decided, acquired, options, cache, listener),
                options,
                cache,
                listener,
                early,
            )
        except (DamagedTree, EnvironmentChangeError, MetadataMismatch, FileNotFoundError) as error:
            attempts += 1

            if early is not None:
                early.close()

            trees = [wheel.tree for wheel in acquired.wheels.values()]

            if attempts == ATTEMPTS or not heal(error, trees, cache):
                raise

        acquired = again(acquired.resolution)


def _ordered(
    decided: Decided, acquired: Acquired, options: Installation, cache: Cache, listener: Listener
) -> Ordered:
    bytecode: Mapping[NormalizedName, Tree] = {}

    if options.compile_bytecode and decided.pins:
        from zephyr.pipeline.bytecode import compile_wheels

        with step(listener, "compile"):
            bytecode = compile_wheels(decided.environment.interpreter, acquired.wheels.values(), cache)

    return Ordered(
        decided.pins,
        acquired.wheels,
        bytecode,
        acquired.directs,
        decided.removed,
        held(decided.environment, decided.installed.values()),
    )
