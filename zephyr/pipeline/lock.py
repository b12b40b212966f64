"""``zephyr lock``, from a request to a ``pylock.toml``.

The lock that is there already says which versions to keep; whatever it is, complete, stale or left in
conflict by a merge, the new one is made from what the project asks for now.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from zephyr.dataclass import dataclass, replace
from zephyr.environments.discovery import find_interpreter
from zephyr.environments.errors import InterpreterNotFound
from zephyr.environments.surroundings import Surroundings
from zephyr.graph.steps import step
from zephyr.lock.changes import lock_changes
from zephyr.lock.compose import ProjectEntry, compose
from zephyr.lock.errors import InvalidLock
from zephyr.lock.inputs import locked_inputs
from zephyr.lock.least_change import with_kept_files
from zephyr.lock.preferences import repaired_preferences
from zephyr.lock.reading import read_lock
from zephyr.lock.staleness import differences
from zephyr.lock.writing import check_name, render, write_lock
from zephyr.memo.trace import forego
from zephyr.pipeline.cache import open_cache
from zephyr.pipeline.kept import Kept
from zephyr.pipeline.lock_request import EXCLUDE_NEWER, lock_inputs
from zephyr.pipeline.lock_stored import stored_answer
from zephyr.project.exclude_newer import cut_off

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.pylock import Pylock
    from packaging.utils import NormalizedName

    from zephyr.graph.events import Listener
    from zephyr.lock.changes import LockChange
    from zephyr.lock.staleness import Difference
    from zephyr.model.interpreter import Interpreter
    from zephyr.model.universal import UniversalResolution
    from zephyr.pipeline.lock_request import LockRequest
    from zephyr_cache import Cache


@dataclass(frozen=True, slots=True)
class LockOutcome:
    """What ``zephyr lock`` found, and whether the file is another one now, or would be."""

    path: str
    document: Pylock
    text: str
    changed: bool
    changes: tuple[LockChange, ...]
    stale: tuple[Difference, ...]
    """Which inputs are not those of the lock that was there."""
    warnings: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Before:
    """The lock that is there already."""

    text: bytes | None
    document: Pylock | None
    """None where there is no whole one."""
    kept: tuple[Pylock, ...]
    """What says which versions to keep: the lock, or the two sides of a merge."""


def run_lock(request: LockRequest, environ: Mapping[str, str], listener: Listener) -> LockOutcome:
    """Make the lock, and put it in place unless the request says otherwise.

    Raises `ZephyrError` of whatever part fails; the lock is then as it was.
    """
    begin = time.monotonic()
    warnings: list[str] = [*request.project.warnings]
    check_name(request.path)
    before = _read(request.path)
    request, exclude_newer = _dated(request, before)

    with open_cache(request.cache, warnings.append) as cache:
        with step(listener, "look"):
            interpreter = building_interpreter(request, Surroundings(request.project.root, environ, cache))

        with step(listener, "resolve"):
            answered, resolution = _answer(request, interpreter, cache, environ, before, listener)

    with step(listener, "compose"):
        document = _composed(answered, resolution, exclude_newer)

    if before.document is not None and not request.upgrade.everything:
        document = with_kept_files(document, before.document, _upgraded(request))

    text = render(document)
    changed = before.text != text.encode()

    if changed and request.write:
        write_lock(request.path, text)

    locked = locked_inputs(before.document) if before.document is not None else None

    return LockOutcome(
        path=request.path,
        document=document,
        text=text,
        changed=changed,
        changes=lock_changes(before.document, document),
        stale=differences(locked, lock_inputs(answered)) if locked is not None else (),
        warnings=(*warnings, *resolution.warnings),
        seconds=time.monotonic() - begin,
    )


def _answer(
    request: LockRequest,
    interpreter: Interpreter,
    cache: Cache,
    environ: Mapping[str, str],
    before: _Before,
    listener: Listener,
) -> tuple[LockRequest, UniversalResolution]:
    kept = Kept(() if request.upgrade.everything else before.kept, _upgraded(request), request.folder)
    found = stored_answer(request, interpreter, cache, environ, kept)

    if found is None:
        from zephyr.pipeline.event_loop import run_in_loop
        from zephyr.pipeline.heap import share_one_heap
        from zephyr.pipeline.lock_answer import answer

        share_one_heap()
        found = run_in_loop(answer, request, interpreter, cache, environ, kept, listener)

    return found.request, found.resolution


def _read(path: str) -> _Before:
    """Read what is there, as far as it can be read; raise `InvalidLock` for a later version of the format."""
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError:
        # Nothing there, or nothing to be read: writing says what is wrong with it.
        return _Before(None, None, ())

    try:
        document = read_lock(path).document
    except InvalidLock as error:
        if error.id == "lock-version-unsupported":
            # Made by a tool that knows more than this one: what it says is not to be lost.
            raise

        return _Before(text, None, tuple(repaired_preferences(text.decode(errors="replace"))))

    return _Before(text, document, (document,))


def _dated(request: LockRequest, before: _Before) -> tuple[LockRequest, str | None]:
    """Turn ``exclude-newer`` into an instant: that of the lock, where it was made of the same words."""
    stated = request.exclude_newer

    if stated is None:
        return request, None

    locked = locked_inputs(before.document) if before.document is not None else None
    kept = locked.exclude_newer if locked is not None and locked.rules.get(EXCLUDE_NEWER) == stated else None
    instant = None if request.upgrade.everything else kept

    if instant is None:
        forego()  # an age stands for another instant each time
        instant = cut_off(stated, datetime.now(UTC)).isoformat()

    rules = replace(request.rules, exclude_newer=datetime.fromisoformat(instant))

    return replace(request, rules=rules), instant


def _upgraded(request: LockRequest) -> frozenset[NormalizedName]:
    """Return the names of which nothing in the lock is kept."""
    upgrade, groups = request.upgrade, request.project.groups

    return upgrade.packages.union(one.name for group in upgrade.groups for one in groups[group])


def building_interpreter(request: LockRequest, surroundings: Surroundings) -> Interpreter:
    """Return what builds: a Python that the project supports, if there is one, or any."""
    admitted = SpecifierSet(request.requires_python)

    try:
        return find_interpreter(request.python, surroundings, requires_python=admitted)
    except InterpreterNotFound:
        if request.python is not None:
            raise

        return find_interpreter(sys.executable, surroundings)


def _composed(request: LockRequest, resolution: UniversalResolution, exclude_newer: str | None) -> Pylock:
    project = request.project
    is_entry = request.builds_itself and not request.only_dependencies
    entry = ProjectEntry(project.name, project.root) if is_entry and project.name else None

    return compose(resolution, lock_inputs(request, exclude_newer=exclude_newer), entry, request.folder)
