"""Which lock ``zephyr sync`` means, and whether it may be used as it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.cli.lock_options import LockOptions
from zephyr.cli.options import ResolverOptions
from zephyr.dataclass import dataclass
from zephyr.errors import UsageError, ZephyrError
from zephyr.lock.reading import read_lock
from zephyr.lock.writing import check_name
from zephyr.project.finding import FILE, find_project

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from zephyr.cli.output import Output
    from zephyr.cli.sync_request import SyncWords
    from zephyr.graph.events import Listener
    from zephyr.lock.staleness import Difference
    from zephyr.pipeline.lock import LockOutcome
    from zephyr.pipeline.lock_request import LockRequest
    from zephyr.project.project import Project

LOCK = "pylock.toml"


class LockStale(ZephyrError):
    """Raised where a lock must be taken as it is, and is not what its project asks for now."""

    id = "lock-stale"


@dataclass(frozen=True, slots=True)
class SyncTarget:
    """A lock file, and where its environment belongs."""

    path: str
    """Absolute path of the lock."""
    shown: str
    """As messages call it."""
    root: str | None
    """Folder whose own environment is meant; None for the one that is active or near."""
    project: str | None
    """Absolute path of the project's file; None where there is none."""


@dataclass(frozen=True, slots=True)
class UsableLock:
    """A lock that may be used, and its project where that was looked at."""

    target: SyncTarget
    document: Pylock
    project: Project | None
    warnings: tuple[str, ...]


def sync_target(file: str | None, folder: str) -> SyncTarget:
    """Return what a sync in ``folder`` is about: the lock ``file``, else that of the project here or above.

    Raises `LockNameInvalid`.
    """
    if file is not None:
        return _named_target(file, folder)

    project = find_project(folder)
    root = os.path.dirname(project) if project is not None else folder

    return SyncTarget(os.path.join(root, LOCK), LOCK, root, project)


def _named_target(file: str, folder: str) -> SyncTarget:
    """Return the target of a lock that is named.

    Beside the ``pyproject.toml`` of a project it is for that project's environment. The one called
    pylock.toml was made from it; any other was made from something else (a script), and is taken as it is.
    """
    check_name(file)
    path = os.path.normpath(os.path.join(folder, file))
    root, name = os.path.split(path)
    project = os.path.join(root, FILE)

    if find_project(root) != project:
        return SyncTarget(path, file, None, None)

    return SyncTarget(path, file, root, project if name == LOCK else None)


def ensure_fresh_lock(
    target: SyncTarget, words: SyncWords, output: Output, *, live: bool = True
) -> UsableLock:
    """Return the lock to be used, made anew where it is missing or stale, which is said.

    With ``--frozen`` the project is not looked at; with ``--locked``, ``--check`` and ``--dry-run``
    nothing is written. A lock of another tool, which does not say what it was made from, is not replaced by
    a sync: it is used, with a warning. Raises `LockStale`, `InvalidLock`, and what reading the project and
    locking raise.
    """
    if words.sync.locked and words.sync.frozen:
        raise UsageError(
            "--locked and --frozen exclude each other",
            hint="--locked fails on a stale lock, --frozen does not ask whether it is stale.",
            id="conflicting-options",
        )

    if target.project is None or words.sync.frozen:
        lock = read_lock(target.path)

        return UsableLock(target, lock.document, None, lock.warnings)

    return _of_project(target, target.project, words, output, live=live)


def _of_project(
    target: SyncTarget, project: str, words: SyncWords, output: Output, *, live: bool
) -> UsableLock:
    from zephyr.cli.lock import tell_lock
    from zephyr.cli.lock_request import lock_request
    from zephyr.cli.lock_words import LockWords
    from zephyr.cli.progress import shown_progress
    from zephyr.pipeline.fresh_lock import stale_inputs

    request = lock_request(
        LockWords(
            LockOptions(lock_file=target.path),
            ResolverOptions(),
            words.building,
            words.sources,
            words.network,
            words.cache,
            given=words.given,
        ),
        project=project,
        write=not (words.sync.check or words.installer.dry_run),
    )
    lock = read_lock(target.path) if words.sync.locked or os.path.lexists(target.path) else None

    with shown_progress(output, live=live) as display:
        stale = stale_inputs(request, lock.document, os.environ, display.listen) if lock is not None else None

        if lock is not None and not stale and not (stale is None and words.sync.locked):
            warnings = (*lock.warnings, *request.project.warnings, *_foreign(target, stale))

            return UsableLock(target, lock.document, request.project, warnings)

        if words.sync.locked:
            raise _stale(target, stale)

        output.say(f"{target.shown} is {'stale' if lock is not None else 'missing'}: locking first")
        outcome = _locked(request, display.listen)

    tell_lock(outcome, output, written=request.write)

    return UsableLock(target, outcome.document, request.project, ())


def _locked(request: LockRequest, listener: Listener) -> LockOutcome:
    from zephyr.pipeline.lock import run_lock

    return run_lock(request, os.environ, listener)


def _foreign(target: SyncTarget, stale: tuple[Difference, ...] | None) -> tuple[str, ...]:
    """Return what to warn of where a lock does not say what it was made from."""
    if stale is not None:
        return ()

    return (f"{target.shown} does not say what it was made from, and is used as it is",)


def _stale(target: SyncTarget, stale: tuple[Difference, ...] | None) -> LockStale:
    reasons = tuple(str(difference) for difference in stale or ())

    return LockStale(
        f"{target.shown} is not what the project asks for now",
        hint="Run zephyr lock, or take it as it is with --frozen.",
        details=reasons or (f"{target.shown} does not say what it was made from",),
    )
