"""One repository in the cache: bare, fetched into, never checked out in place.

::

    <cache>/trees-git-v1/<SHA-256 of the address without credentials>/      a bare repository
        refs/tags/…                      as on the other side
        refs/zephyr/<SHA-256 of a name>  where HEAD, a branch or another reference was when last fetched

Whoever works on a mirror holds its lock (`Cache.exclusive`); checkouts only read it. No address and
no credential is written into it. A mirror that turns out damaged is made anew.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from zephyr.dataclass import dataclass
from zephyr.model.index import without_credentials
from zephyr_workers.cache_lock import exclusive
from zephyr_workers.git_errors import GitReferenceMissing
from zephyr_workers.git_revision import (
    RemoteReference,
    choose_reference,
    is_commit,
    may_be_commit,
    near_references,
    parse_references,
)
from zephyr_workers.network_errors import OfflineMissing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from zephyr_cache import Cache
    from zephyr_workers.git_errors import GitFailed
    from zephyr_workers.git_program import Git

BUCKET = "trees-git-v1"
"""Named as trees are: what lies in it are no records, and `Cache.clean` removes it as a whole."""
_LOCK_LIMIT = 1_800.0
"""Seconds."""
_DAMAGE = re.compile(
    r"(?i)not a git repository|corrupt|bad object|loose object|cannot lock ref|unable to read"
    r"|\.lock': File exists|missing blob|missing tree|inflate|pack .* (?:invalid|mismatch)|bad tree"
    r"|does not match index"
)


@dataclass(frozen=True, slots=True)
class Mirror:
    """A mirror, locked by us."""

    folder: str
    address: str
    """What git connects to: without user name and password, but for the user of an ssh address."""
    git: Git
    offline: bool = False
    refresh: bool = False

    async def commit(self, revision: str | None) -> str:
        """Return the commit that a revision names, fetched with its history.

        A commit or a tag that is here is not asked for again, unless ``refresh`` is set for a tag;
        a branch is, as it moves. Raises `GitReferenceMissing`, `OfflineMissing` and `GitError`s.
        """
        known = await self._known(revision)

        if known is not None:
            return known

        if self.offline:
            raise OfflineMissing(
                f"{self.git.shown} is not in the cache, and Zephyr is offline.",
                hint="Run the command once without --offline.",
            )

        return await self._fetched(revision)

    async def discard(self) -> None:
        """Remove the mirror, as it is damaged."""
        await anyio.to_thread.run_sync(lambda: shutil.rmtree(self.folder, ignore_errors=True))

    async def _known(self, revision: str | None) -> str | None:
        if not await _exists(f"{self.folder}/HEAD"):
            return None

        if revision is not None and may_be_commit(revision) and (is_commit(revision) or self.offline):
            commit = await self._parsed(revision.lower())

            if commit is not None:
                return commit

        tag = await self._parsed(f"refs/tags/{revision}") if revision is not None else None

        if tag is not None and (self.offline or not self.refresh):
            return tag

        if not self.offline:
            return None

        for name in [revision, f"refs/heads/{revision}"] if revision is not None else ["HEAD"]:
            commit = await self._parsed(_kept_as(name))

            if commit is not None:
                return commit

        return None

    async def _fetched(self, revision: str | None) -> str:
        if is_commit(revision):
            assert revision is not None
            return await self._fetched_commit(revision.lower())

        output = await self.git.run("list the branches of", "ls-remote", "--quiet", "--", self.address)
        references = parse_references(output)
        reference = choose_reference(references, revision)

        if reference is not None:
            return await self._fetched_reference(reference)

        if revision is not None and references and may_be_commit(revision):
            return await self._fetched_part(revision.lower(), near_references(references, revision))

        raise self._missing(revision, near_references(references, revision or ""))

    async def _fetched_reference(self, reference: RemoteReference) -> str:
        kept = reference.full_name if reference.is_tag else _kept_as(reference.full_name)
        present = await self._parsed(reference.commit)
        await self._initialise(reference.commit)

        if present is not None:
            await self.git.local.run("note a branch of", *self._here, "update-ref", kept, present)
            return present

        await self._fetch(f"+{reference.full_name}:{kept}")
        commit = await self._parsed(kept)

        if commit is None:
            raise GitReferenceMissing(f"{reference.full_name} of {self.git.shown} does not lead to a commit.")

        return commit

    async def _fetched_commit(self, commit: str) -> str:
        await self._initialise(commit)
        answer = await self.git.ask(
            "fetch",
            *self._here,
            "fetch",
            "--quiet",
            "--force",
            "--",
            self.address,
            f"{commit}:{_kept_as(commit)}",
        )

        # Servers need not give a commit that no branch begins with: then it comes with all of them.
        found = await self._parsed(commit) if answer.status == 0 else None

        return found if found is not None else await self._fetched_part(commit, ())

    async def _fetched_part(self, revision: str, near: tuple[str, ...]) -> str:
        await self._initialise(revision)
        known = await self._parsed(revision)

        if known is not None:
            return known

        await self._fetch("+refs/heads/*:refs/zephyr/heads/*", "+refs/tags/*:refs/tags/*")
        commit = await self._parsed(revision)

        if commit is None:
            raise self._missing(revision, near)

        return commit

    async def _fetch(self, *references: str) -> None:
        await self.git.run(
            "fetch", *self._here, "fetch", "--quiet", "--force", "--prune", "--", self.address, *references
        )

    async def _initialise(self, commit: str) -> None:
        if not await _exists(f"{self.folder}/HEAD"):
            kind = "sha256" if len(commit) == 64 else "sha1"
            await self.git.local.run(
                "make room for",
                "init", "--quiet", "--bare", "--template=", f"--object-format={kind}", "--", self.folder,
            )  # fmt: skip

    async def _parsed(self, name: str) -> str | None:
        answer = await self.git.local.ask(
            "look into",
            *self._here,
            "rev-parse",
            "--quiet",
            "--verify",
            "--end-of-options",
            f"{name}^{{commit}}",
        )
        commit = answer.output.decode().strip()

        return commit if answer.status == 0 and is_commit(commit) else None

    @property
    def _here(self) -> tuple[str, str]:
        return "--git-dir", self.folder

    def _missing(self, revision: str | None, near: tuple[str, ...]) -> GitReferenceMissing:
        if revision is None:
            return GitReferenceMissing(
                f"{self.git.shown} has no default branch: it is empty, or its HEAD leads nowhere.",
                hint="Name a branch, a tag or a commit after an @.",
            )

        return GitReferenceMissing(
            f"{self.git.shown} has no branch, tag or commit {revision!a}.",
            hint=f"Near ones: {', '.join(near)}" if near else "Check the name; commits must be pushed first.",
        )


@asynccontextmanager
async def locked_mirror(
    cache: Cache, address: str, git: Git, *, offline: bool, refresh: bool
) -> AsyncGenerator[Mirror]:
    """Lend the mirror of an address, kept from other processes meanwhile.

    Raises `CacheLockTimeout` when another process does not let go of it.
    """
    key = hashlib.sha256(without_credentials(address).encode()).hexdigest()

    async with exclusive(cache, f"git {key}", _LOCK_LIMIT):
        folder = f"{cache.root}/{BUCKET}/{key}"
        await anyio.to_thread.run_sync(
            lambda: os.makedirs(os.path.dirname(folder), mode=0o700, exist_ok=True)
        )
        yield Mirror(folder, address, git, offline, refresh)


def speaks_of_damage(error: GitFailed) -> bool:
    """Say whether git gave up because the mirror is damaged, or left locked by a git that was killed."""
    return _DAMAGE.search("\n".join(error.details)) is not None


def _kept_as(name: str) -> str:
    """Name our own reference so that ``a`` and ``a/b``, which git cannot have at once, do not meet."""
    return f"refs/zephyr/{hashlib.sha256(name.encode()).hexdigest()}"


async def _exists(path: str) -> bool:
    return await anyio.to_thread.run_sync(os.path.exists, path)
