"""Which files have to leave for a plan, and where to. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.install.errors import PlanError
from zephyr.install.operations import Make, Retire
from zephyr.install.subtrees import leaving_units
from zephyr.install.survey import BYTECODE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from zephyr.install.collisions import Claims
    from zephyr.install.operations import Departure
    from zephyr.install.owned import Owned
    from zephyr.install.situation import Situation
    from zephyr.install.subtrees import Units

COMPILED = re.compile(r"(?P<module>.+?)\.[A-Za-z]+[\w-]*(\.opt-\w+)?\.pyc")
"""The name of a file in ``__pycache__`` (PEP 3147 and 488)."""

METADATA = (".dist-info", ".egg-info")
BYTECODE_OWNER = "/bytecode"
SHARED_OWNER = "/shared"


@dataclass(slots=True)
class Departures:
    """What leaves."""

    trash: dict[str, str] = field(default_factory=dict[str, str])
    """Path to the distribution it belonged to."""
    saved: dict[str, str] = field(default_factory=dict[str, str])
    """A user's file to where it is kept."""
    displaced: dict[str, str] = field(default_factory=dict[str, str])
    """Another distribution's file to where it is kept."""
    left: frozenset[str] = frozenset()
    """Folders that are gone once all this is done."""
    operations: tuple[Departure, ...] = ()

    def __contains__(self, path: str) -> bool:
        return path in self.trash or path in self.saved or path in self.displaced


def departures(
    leaving: Sequence[Owned], settled: Claims, situation: Situation, rewritten: Iterable[str] = ()
) -> Departures:
    """Work out what leaves so that ``leaving`` is gone and every arriving path is free.

    The shared files ``rewritten`` leave too; new ones arrive. Raises PlanError (``path-conflict``)
    where a distribution that stays is in the way.
    """
    found = Departures(trash=dict.fromkeys(rewritten, SHARED_OWNER))
    _own_files(leaving, settled, situation, found)
    _displaced_files(settled, situation, found)
    arriving = [*settled.arriving, *settled.restored]
    _compiled_files([*arriving, *found.trash, *found.saved, *found.displaced], situation, found)
    _obstacles(arriving, situation, found)
    _operations(settled, situation, found, arriving)

    return found


def _own_files(leaving: Sequence[Owned], settled: Claims, situation: Situation, found: Departures) -> None:
    # Where several share a path, the file in place is only edited if it is none of theirs.
    plain = {path for owned in leaving for path in owned.files - owned.edited}

    for owned in leaving:
        for path in sorted(owned.files):
            is_others = path in settled.staying or path in settled.displaced

            if is_others or not situation.survey.exists(path):
                continue

            if path not in plain:
                found.saved[path] = situation.private.saved(path)
            else:
                found.trash[path] = owned.name


def _displaced_files(settled: Claims, situation: Situation, found: Departures) -> None:
    for path, kept in settled.displaced.items():
        if situation.survey.exists(path) and path not in found:
            found.displaced[path] = kept


def _compiled_files(changed: Iterable[str], situation: Situation, found: Departures) -> None:
    """Let bytecode go with its module; an old one could be taken for the new one's."""
    modules: dict[str, dict[str, str]] = {}
    bases = situation.bases

    for path in changed:
        folder, _, name = path.rpartition("/")

        if name.endswith(".py"):
            modules.setdefault(folder, {})[name[:-3]] = found.trash.get(path, BYTECODE_OWNER)

    for folder, owners in modules.items():
        listed = situation.survey.folders.get(folder, {})

        for path in situation.survey.bytecode(folder):
            match = COMPILED.fullmatch(path.rpartition("/")[2])
            module = match["module"] if match else ""
            owner = owners.get(module)

            if owner is None and match and f"{module}.py" not in listed and folder not in bases:
                owner = next(iter(owners.values()))

            if owner is not None and path not in found:
                found.trash[path] = owner

        for name in [f"{module}.py{letter}" for module in owners for letter in "co"]:
            if name in listed and f"{folder}/{name}" not in found:
                found.trash[f"{folder}/{name}"] = owners[name[:-4]]


def _obstacles(arriving: Iterable[str], situation: Situation, found: Departures) -> None:
    survey = situation.survey
    folders: dict[str, list[str]] = {}

    for path in arriving:
        folders.setdefault(path.rpartition("/")[0], []).append(path)

    for folder, inside in folders.items():
        if folder not in survey.folders:
            _clear_above(folder, situation, found)
            continue

        for path in inside:
            if survey.exists(path) and path not in found:
                _clear(path, situation, found)


def _clear(path: str, situation: Situation, found: Departures) -> None:
    """Move a file away that stands where one arrives and that no distribution owns."""
    if situation.survey.is_folder(path):
        raise _conflict(path, "a folder is in the way")

    if path.rpartition("/")[0].endswith(f"/{BYTECODE}"):
        found.trash[path] = BYTECODE_OWNER
    else:
        found.saved[path] = situation.private.saved(path)


def _clear_above(folder: str, situation: Situation, found: Departures) -> None:
    """Move a file away that stands where a folder is needed."""
    survey = situation.survey

    while folder and folder not in survey.folders:
        if survey.exists(folder) and not survey.is_folder(folder) and folder not in found:
            if folder == f"{situation.destination.root}/lib64":
                raise _conflict(folder, "lib64 is a link that belongs to the environment")

            if any(folder in owned.files for owned in situation.staying):
                raise _conflict(folder, "a file of another distribution is in the way")

            found.saved[folder] = situation.private.saved(folder)

        folder = folder.rpartition("/")[0]


def _operations(settled: Claims, situation: Situation, found: Departures, arriving: Iterable[str]) -> None:
    private = situation.private
    leaving: dict[str, str | None] = {**found.trash}
    elsewhere = {**found.saved, **found.displaced}
    leaving.update(dict.fromkeys(elsewhere))
    units = leaving_units(leaving, situation.survey, situation.bases, arriving)
    moved: list[Departure] = []
    made: dict[str, Make] = {}

    for path in sorted({*units.trees, *units.files}, key=_metadata_first):
        kept = elsewhere.get(path) or private.trash(path, len(moved))
        moved.append(Retire(path, kept, _folders(path, (), situation) if path in units.trees else None))

    for path in units.folders:
        inside = _folders(path, units.trees, situation)
        moved.append(Retire(path, private.trash(path, len(moved)), inside))

    for kept in settled.forgotten:
        if situation.survey.exists(kept):
            moved.append(Retire(kept, private.trash(kept, len(moved))))

    for kept in elsewhere.values():
        made.update((make.path, make) for make in makes_above(kept, situation))

    found.left = _left(units, situation)
    found.operations = (*made.values(), *moved)


def makes_above(path: str, situation: Situation) -> Iterator[Make]:
    """Give the folders that must be made before the private ``path`` can be used, parents first."""
    missing: list[str] = []
    folder = path.rpartition("/")[0]

    while folder and not situation.survey.is_folder(folder):
        missing.append(folder)
        folder = folder.rpartition("/")[0]

    yield from (Make(folder) for folder in reversed(missing))


def _folders(path: str, without: Sequence[str], situation: Situation) -> tuple[tuple[str, int], ...]:
    """List a folder and the folders in it, without those that have left before."""
    gone = {
        inside
        for folder in without
        if folder.startswith(f"{path}/")
        for inside in situation.survey.below(folder)
    }

    return tuple(
        (folder[len(path) + 1 :], situation.survey.modes[folder])
        for folder in situation.survey.below(path)
        if folder not in gone
    )


def _left(units: Units, situation: Situation) -> frozenset[str]:
    tops = (*units.trees, *units.folders)

    return frozenset(folder for top in tops for folder in situation.survey.below(top))


def _metadata_first(path: str) -> tuple[bool, str]:
    return not any(f"{suffix}/" in f"{path}/" for suffix in METADATA), path


def _conflict(path: str, reason: str) -> PlanError:
    return PlanError(
        f"{path!r} cannot be installed: {reason}",
        id="path-conflict",
        hint="Move it away and run the command again.",
    )
