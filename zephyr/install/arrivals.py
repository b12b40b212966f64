"""Where the files of a plan arrive: whole subtrees where nothing else is there, else one by one. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.install.departures import METADATA, makes_above
from zephyr.install.operations import Make, Place
from zephyr.install.subtrees import RETURNING, arriving_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr.install.collisions import Claims
    from zephyr.install.contents import Contents
    from zephyr.install.departures import Departures
    from zephyr.install.operations import Arrival
    from zephyr.install.situation import Situation
    from zephyr.install.subtrees import Source


def arrivals(
    incoming: Sequence[Contents], settled: Claims, going: Departures, situation: Situation
) -> tuple[Arrival, ...]:
    """Return the operations after ``going``: kept copies, new files, metadata folders last."""
    staged = _Staged(incoming, situation)
    returning = {path: kept for path, kept in settled.restored.items() if situation.survey.exists(kept)}
    arriving: dict[str, Source] = {
        path: (name, file.section) for path, (name, file) in settled.arriving.items()
    }
    arriving.update(dict.fromkeys(returning, RETURNING))
    fresh = situation.fresh
    present = (situation.survey.folders.keys() - going.left).union(fresh.folders)
    units = arriving_units(arriving, present, situation.bases)

    made = dict.fromkeys(Make(folder) for folder in (*fresh.folders, *units.folders))
    kept_places: list[Place] = []

    for name, file, kept in settled.keeping:
        made.update(dict.fromkeys(makes_above(kept, situation)))
        kept_places.append(Place(staged.path((name, file.section), file.final), kept))

    trees = {**fresh.trees, **units.trees}
    places = [Place(staged.path(source, path), path, tree=True) for path, source in trees.items()]
    places += [Place(returning.get(path) or staged.path(arriving[path], path), path) for path in units.files]
    makes = [make for make in made if make not in going.operations]

    return (*makes, *kept_places, *sorted(places, key=_metadata_last))


class _Staged:
    """Knows where each distribution's files are staged."""

    def __init__(self, incoming: Sequence[Contents], situation: Situation) -> None:
        self._situation = situation
        self._display_names: dict[str, str] = {
            contents.name: contents.incoming.wheel.display_name for contents in incoming
        }

    def path(self, source: Source, final: str) -> str:
        """Return the staged path of what goes to ``final``."""
        name, section = source
        folder = self._situation.destination.folder(section, self._display_names[name])

        return self._situation.private.staged(folder, name, section) + final[len(folder) :]


def _metadata_last(place: Place) -> tuple[bool, str]:
    return any(f"{suffix}/" in f"{place.path}/" for suffix in METADATA), place.path
