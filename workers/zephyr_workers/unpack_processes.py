"""Unpacks wheels in other processes, where there are some."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from zephyr_workers.helper_processes import HelperProcesses, helper_processes

if TYPE_CHECKING:
    from collections.abc import Generator

    from zephyr_cache import Cache
    from zephyr_workers.wheel import UnpackedWheel

MODULES = ("zephyr_workers.unpack",)
"""What unpacking needs."""
_JOB = f"{__name__}:unpack_here"


class UnpackProcesses:
    """Has wheels unpacked by ``helpers``; where these are none, they are unpacked in this process."""

    def __init__(self, helpers: HelperProcesses | None = None) -> None:
        self._helpers = helpers or HelperProcesses()

    def unpack(self, archive_path: str, filename: str, cache: Cache, sha256: str) -> UnpackedWheel:
        """Validate a wheel and publish its tree, as `zephyr_workers.unpack.unpack_wheel` does. Blocking.

        For any thread. Raises what that does.
        """
        if self._helpers.ask(_JOB, cache, archive_path, filename, sha256):
            from zephyr_workers.wheel import load_wheel

            tree = cache.tree(sha256)
            wheel = load_wheel(tree, filename) if tree is not None else None

            if wheel is not None:
                return wheel

        from zephyr_workers.unpack import unpack_wheel

        return unpack_wheel(archive_path, filename, cache, sha256)


def unpack_here(cache: Cache, archive_path: str, filename: str, sha256: str) -> bool:
    """Unpack a wheel in this process: the job of one that helps."""
    from zephyr_workers.unpack import unpack_wheel

    unpack_wheel(archive_path, filename, cache, sha256)

    return True


@contextlib.contextmanager
def unpack_processes(count: int) -> Generator[UnpackProcesses]:
    """Lend ``count`` processes for wheels alone, which end with the block."""
    with helper_processes(count, MODULES) as helpers:
        yield UnpackProcesses(helpers)
