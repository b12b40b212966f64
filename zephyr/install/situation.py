"""Everything about an environment that a plan depends on, observed under its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zephyr.install.fresh import Fresh, fresh_folders
from zephyr.install.owned import Owned, recorded_files
from zephyr.install.sorted_paths import folders_above
from zephyr.install.state import State, read_state
from zephyr.install.survey import Survey, list_folder, survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zephyr.install.contents import Contents
    from zephyr.install.destination import Destination
    from zephyr.install.private import PrivateFolders
    from zephyr.model.environment import InstalledDistribution


class Situation(NamedTuple):
    """One environment as it is."""

    destination: Destination
    private: PrivateFolders
    staying: Sequence[Owned]
    """All installed distributions that are neither replaced nor removed."""
    state: State
    fresh: Fresh
    """What of the incoming distributions arrives whole, and the rest of them."""
    survey: Survey
    listed: Mapping[str, Mapping[str, bool] | None]
    """Every folder that was listed: its names, True for those of folders; None where there is none."""
    texts: Mapping[str, bytes]
    """The shared files in which leaving distributions have lines."""

    @property
    def bases(self) -> frozenset[str]:
        """The folders that are never moved."""
        return self.destination.bases() | self.fresh.parents


def observe(
    destination: Destination,
    private: PrivateFolders,
    incoming: Sequence[Contents],
    leaving: Sequence[Owned],
    staying: Sequence[InstalledDistribution],
) -> Situation:
    """Look at every folder that installing ``incoming`` and removing ``leaving`` concerns.

    The records of those that stay are read only where they can matter: when something is removed, or
    something is in the way. Raises OSError, and StateTooNew for a state of a newer format.
    """
    state = read_state(private.root, destination.root)
    concerned = {path for owned in leaving for path in (*owned.files, owned.metadata)} | state.shared.keys()
    concerned.update(owner.kept for owners in state.shared.values() for owner in owners if owner.kept)
    touched = {folder for path in concerned for folder in folders_above(path)}
    listed: dict[str, Mapping[str, bool] | None] = {}

    def listing(folder: str) -> Mapping[str, bool] | None:
        listed[folder] = list_folder(folder)

        return listed[folder]

    fresh = fresh_folders(incoming, destination.bases(), touched, listing)

    arriving = {content.final for contents in fresh.rest for content in contents.single}
    paths = arriving | concerned
    paths.update(f"{base}/shadowed/x" for base in private.bases())
    found = survey(paths, {destination.root, *destination.folders.values()})

    contested = {path for owned in leaving for path in owned.files}
    contested.update(path for path in arriving if found.exists(path))
    marks = _marks(contested, destination)
    owners = (
        [recorded_files(distribution, marks) for distribution in staying]
        if marks
        else [Owned(distribution.name, str(distribution.version), "") for distribution in staying]
    )
    texts = {path: _read(path) for owned in leaving for path in owned.lines}

    return Situation(destination, private, owners, state, fresh, found, {**listed, **found.folders}, texts)


def _marks(paths: Iterable[str], destination: Destination) -> frozenset[str]:
    """Return texts one of which is in every way to spell one of ``paths`` in a RECORD.

    Below site-packages that is the first folder, or the file; elsewhere the file's name.
    """
    sites = {destination.folders["purelib"], destination.folders["platlib"]}
    marks: set[str] = set()

    for path in paths:
        site = next((site for site in sites if path.startswith(f"{site}/")), None)

        if site is None:
            marks.add(path.rpartition("/")[2])
        else:
            first, slash, _ = path[len(site) + 1 :].partition("/")
            marks.add(first + slash)

    return frozenset(marks)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
