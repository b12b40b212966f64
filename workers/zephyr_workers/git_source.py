"""Fetches a project from a git repository: the commit that was asked for, checked out for a build.

The checkout keeps its ``.git``, with the tags and the history of the commit, since backends such as
setuptools-scm read the version from it; it borrows its objects from the mirror in the cache, unless it is
editable. Submodules are checked out too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import anyio

from zephyr.dataclass import dataclass
from zephyr.model.index import without_credentials
from zephyr.model.source_reference import SourceKind
from zephyr_workers.git_environment import login_of
from zephyr_workers.git_errors import GitFailed, GitSubdirectoryMissing
from zephyr_workers.git_mirror import Mirror, locked_mirror, speaks_of_damage
from zephyr_workers.git_program import TIME_LIMIT, Git, find_git
from zephyr_workers.git_submodules import SubmoduleRefused, parse_submodules, submodule_address
from zephyr_workers.project_folder import check_project
from zephyr_workers.sources import SourceTree
from zephyr_workers.wheel_errors import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.source_reference import SourceReference
    from zephyr_cache import Cache

_DEEPEST = 8
_MOST_SUBMODULES = 200


@dataclass(frozen=True, slots=True)
class GitSource:
    """A commit, checked out."""

    folder: str
    """The project's folder; the same as the tree's."""
    commit_id: str
    tree: SourceTree
    top: str
    """The folder of the whole repository."""


async def fetch(
    reference: SourceReference,
    cache: Cache,
    *,
    offline: bool = False,
    refresh: bool = False,
    work_folder: str,
    environ: Mapping[str, str] | None = None,
    time_limit: float = TIME_LIMIT,
) -> GitSource:
    """Check the commit of ``reference`` out into a fresh folder below ``work_folder``.

    Nothing is asked of the network where the mirror has the commit or the tag (``refresh`` asks again for
    a tag); a branch is looked up each time. ``time_limit`` is in seconds, for each command of git. An
    editable one has objects of its own, and outlives the cache.
    Raises `GitError`s, `OfflineMissing`, `NoProject` and `CacheLockTimeout`.
    """
    if reference.kind is not SourceKind.GIT:
        raise ValueError(f"{reference.shown} is not a git repository")

    name = (
        unquote(urlsplit(reference.url).path).rstrip("/").rpartition("/")[2].removesuffix(".git") or "source"
    )
    top = await anyio.to_thread.run_sync(_fresh_folder, work_folder, name)
    given = reference.given or reference.url
    checkout = _Checkout(
        cache,
        environ,
        time_limit,
        offline=offline,
        refresh=refresh,
        shown=reference.shown,
        borrows=not reference.editable,
    )
    commit = await checkout.make(given, reference.requested_revision, top, 0)
    folder = await anyio.to_thread.run_sync(_project_folder, top, reference)
    digest = hashlib.sha256(f"git\n{commit}\n{reference.subdirectory}".encode()).hexdigest()
    tree = SourceTree(folder, digest, reference.shown, reference.name, None)

    return GitSource(folder, commit, tree, top)


class _Checkout:
    """One checkout with all its submodules."""

    def __init__(
        self,
        cache: Cache,
        environ: Mapping[str, str] | None,
        time_limit: float,
        *,
        offline: bool,
        refresh: bool,
        shown: str,
        borrows: bool,
    ) -> None:
        self._cache = cache
        self._environ = environ
        self._time_limit = time_limit
        self._offline = offline
        self._refresh = refresh
        self._shown = shown
        self._borrowing = ("--shared",) if borrows else ()
        self._submodules = 0

    async def make(self, given: str, revision: str | None, folder: str, depth: int) -> str:
        """Check a revision of the repository at ``given`` out into ``folder``, return its commit."""
        shown = self._shown if depth == 0 else without_credentials(given)
        git = await find_git(given, shown, self._environ, time_limit=self._time_limit)

        async with AsyncExitStack() as stack:
            mirror = await stack.enter_async_context(
                locked_mirror(self._cache, _address(given), git, offline=self._offline, refresh=self._refresh)
            )

            try:
                commit = await _checked_out(mirror, revision, folder, self._borrowing)
            except GitFailed as error:
                if self._offline or not speaks_of_damage(error):
                    raise

                await mirror.discard()
                await anyio.to_thread.run_sync(lambda: shutil.rmtree(folder, ignore_errors=True))
                commit = await _checked_out(mirror, revision, folder, self._borrowing)

            submodules = parse_submodules(*await _described(git, folder, commit))

        self._submodules += len(submodules)

        if submodules and (depth >= _DEEPEST or self._submodules > _MOST_SUBMODULES):
            raise SubmoduleRefused(f"{self._shown} has too many submodules, or submodules nested too deeply.")

        for submodule in submodules:
            inner = os.path.join(folder, submodule.path)
            await anyio.to_thread.run_sync(_check_inside, folder, inner)
            await self.make(submodule_address(submodule, given), submodule.commit, inner, depth + 1)

        return commit


async def _checked_out(mirror: Mirror, revision: str | None, folder: str, borrowing: tuple[str, ...]) -> str:
    """Clone, with the address that was asked for as origin, and check the commit out."""
    commit = await mirror.commit(revision)
    git = mirror.git
    await git.local.run(
        "copy", "clone", "--quiet", *borrowing, "--no-checkout", "--template=", "--", mirror.folder, folder
    )
    await git.local.run(
        "set up", "-C", folder, "config", "remote.origin.url", without_credentials(mirror.address)
    )
    await git.run("check out", "-C", folder, "checkout", "--quiet", "--force", "--detach", commit)

    return commit


async def _described(git: Git, folder: str, commit: str) -> tuple[bytes, bytes]:
    """Return .gitmodules as git reads it, and the tree; both empty where there are no submodules."""
    listing = await git.local.ask(
        "look into", "-C", folder, "config", "--blob", f"{commit}:.gitmodules", "--null", "--list"
    )

    if listing.status != 0 or not listing.output:
        return b"", b""

    return listing.output, await git.local.run(
        "look into", "-C", folder, "ls-tree", "-r", "-z", "--full-tree", commit
    )


def _address(given: str) -> str:
    """Return what git connects to: the user of an ssh address is part of it, all else goes another way."""
    username = login_of(given)[0]
    plain = without_credentials(given)

    return plain.replace("://", f"://{username}@", 1) if given.startswith("ssh://") and username else plain


def _fresh_folder(work_folder: str, name: str) -> str:
    return os.path.join(os.path.realpath(tempfile.mkdtemp(prefix="git-", dir=work_folder)), name)


def _check_inside(top: str, folder: str) -> None:
    """Refuse a submodule's folder that is not the plain empty one that the checkout has made. Blocking."""
    inside = os.path.realpath(folder) == os.path.join(os.path.realpath(top), os.path.relpath(folder, top))

    if not inside or (os.path.isdir(folder) and os.listdir(folder)):
        raise SubmoduleRefused(
            f"The submodule {visible(os.path.relpath(folder, top))} leads out of its repository."
        )


def _project_folder(top: str, reference: SourceReference) -> str:
    folder = os.path.normpath(os.path.join(top, reference.subdirectory))
    real = os.path.realpath(folder)

    if not os.path.isdir(folder) or os.path.commonpath([real, os.path.realpath(top)]) != os.path.realpath(
        top
    ):
        raise GitSubdirectoryMissing(
            f"{reference.shown} has no folder {visible(reference.subdirectory)}.",
            hint="Check what follows subdirectory= in the address, at this revision.",
        )

    check_project(
        folder, f"{reference.shown} ({reference.subdirectory})" if reference.subdirectory else reference.shown
    )

    return folder
