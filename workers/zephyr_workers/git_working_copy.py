"""A repository that stays where it can be edited: what ``-e git+…`` installs.

It owes nothing to the cache, and nothing that was written in it is ever lost: a working copy that is there
already is moved to the commit by git itself, which refuses where edits would be overwritten.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from typing import TYPE_CHECKING

import anyio

from zephyr_workers.cache_lock import exclusive
from zephyr_workers.git_errors import WorkingCopyInTheWay
from zephyr_workers.git_program import find_git
from zephyr_workers.git_source import fetch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.source_reference import SourceReference
    from zephyr_cache import Cache
    from zephyr_workers.git_program import Git
    from zephyr_workers.git_source import GitSource

_LOCK_LIMIT = 600.0
"""Seconds."""


async def working_copy(
    reference: SourceReference,
    cache: Cache,
    *,
    folder: str,
    offline: bool = False,
    refresh: bool = False,
    environ: Mapping[str, str],
) -> str:
    """Return the project's folder in a working copy below ``folder``, at the commit of ``reference``.

    ``reference`` is an editable one. The working copy is called as the project was asked for
    (``#egg=demo``), or else as the repository. Raises what `git_source.fetch` raises, and
    `WorkingCopyInTheWay`.
    """
    work = await anyio.to_thread.run_sync(_work_folder, folder)

    try:
        fresh = await fetch(
            reference, cache, offline=offline, refresh=refresh, work_folder=work, environ=environ
        )
        place = os.path.join(os.path.dirname(work), reference.name or os.path.basename(fresh.top))

        async with exclusive(cache, f"working copy {place}", _LOCK_LIMIT):
            if _has(place):
                git = await find_git(reference.given or reference.url, reference.shown, environ)
                await _move(place, fresh, reference, git.local)
            else:
                await anyio.to_thread.run_sync(os.rename, fresh.top, place)
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(_remove, work)

    return os.path.join(place, reference.subdirectory).rstrip("/")


def _work_folder(folder: str) -> str:
    """Make a folder beside the working copies, so that a finished one has only to be renamed."""
    os.makedirs(folder, exist_ok=True)

    return os.path.realpath(tempfile.mkdtemp(prefix=".zephyr-", dir=folder))


def _remove(work: str) -> None:
    shutil.rmtree(work, ignore_errors=True)

    # The folder around it too, where it has no working copy.
    with contextlib.suppress(OSError):
        os.rmdir(os.path.dirname(work))


async def _move(place: str, fresh: GitSource, reference: SourceReference, git: Git) -> None:
    """Bring a working copy that is there already to the commit of a fresh one."""
    # Without a .git of its own, git would look for one in the folders around it.
    if not _has(place, ".git"):
        raise _in_the_way(place, "is no working copy of git")

    origin = await git.ask("look into", "-C", place, "config", "--get", "remote.origin.url")

    if origin.output.decode(errors="replace").strip() != await _origin(fresh, git):
        raise _in_the_way(place, f"is not a working copy of {reference.shown}")

    head = await git.ask("look into", "-C", place, "rev-parse", "--verify", "HEAD")

    if head.output.decode(errors="replace").strip() == fresh.commit_id:
        return

    if _has(place, ".gitmodules") or _has(fresh.top, ".gitmodules"):
        raise _in_the_way(place, "is at another commit and has submodules, which are not moved")

    await git.run("fetch", "-C", place, "fetch", "--quiet", "--tags", "--", fresh.top, "HEAD")
    await git.run("check out", "-C", place, "checkout", "--quiet", "--detach", fresh.commit_id)


def _has(*parts: str) -> bool:
    return os.path.lexists(os.path.join(*parts))


async def _origin(fresh: GitSource, git: Git) -> str:
    output = await git.run("look into", "-C", fresh.top, "config", "--get", "remote.origin.url")

    return output.decode(errors="replace").strip()


def _in_the_way(place: str, what: str) -> WorkingCopyInTheWay:
    return WorkingCopyInTheWay(f"{place} {what}.", hint="Move it away, then try again.")
