"""What a build may write to, and how far this machine can hold it to that."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from zephyr_workers.build_variables import compiler_caches
from zephyr_workers.landlock import OLDEST, landlock_version

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEVICES = ("null", "zero", "full", "tty", "ptmx", "pts", "shm")
"""Of ``/dev``; ``shm`` holds the semaphores of multiprocessing."""
_CARGO = ("registry", "git", ".package-cache", ".package-cache-mutate", ".global-cache")
"""What cargo fills; neither its programs nor its configuration and credentials."""


def containment_level(*, sandbox: bool = True) -> str:
    """Return what holds builds to their own folders here: ``landlock v4``, or ``none: `` and the reason."""
    if not sandbox:
        return "none: switched off with --no-build-sandbox"

    if sys.platform != "linux":
        return f"none: {sys.platform} has no Landlock"

    version = landlock_version()

    if version == 0:
        return "none: this kernel does not offer Landlock"

    if version < OLDEST:
        return f"none: Landlock v{version} of this kernel forbids renames, which builds need"

    return f"landlock v{version}"


def is_contained(*, sandbox: bool = True) -> bool:
    """Tell whether builds are under Landlock."""
    return not containment_level(sandbox=sandbox).startswith("none")


def writable_paths(folders: tuple[str, ...], environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return all that a build may write to: its own ``folders``, some devices and the compilers' caches.

    The caches are folders that exist already; of cargo's home only what it downloads to.
    """
    caches = compiler_caches(environment)
    cargo = caches.pop("CARGO_HOME")
    caches.pop("RUSTUP_HOME")
    paths = (
        *folders,
        *(f"/dev/{device}" for device in _DEVICES),
        *(f"{cargo}/{name}" for name in _CARGO),
        *caches.values(),
    )

    return tuple(path for path in paths if os.path.exists(path))
