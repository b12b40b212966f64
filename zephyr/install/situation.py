"""Everything about an environment that a plan depends on, observed under its lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zephyr.install.state import State, read_state
from zephyr.install.survey import Survey, survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zephyr.install.contents import Contents
    from zephyr.install.destination import Destination
    from zephyr.install.owned import Owned
    from zephyr.install.private import PrivateFolders


@dataclass(frozen=True, slots=True)
class Situation:
    """One environment as it is."""

    destination: Destination
    private: PrivateFolders
    staying: Sequence[Owned] = ()
    """All installed distributions that are neither replaced nor removed."""
    state: State = field(default_factory=State)
    survey: Survey = field(default_factory=Survey)


def observe(
    destination: Destination,
    private: PrivateFolders,
    incoming: Iterable[Contents],
    leaving: Iterable[Owned],
    staying: Sequence[Owned],
) -> Situation:
    """Look at every folder that installing ``incoming`` and removing ``leaving`` concerns.

    Raises OSError, and InvalidStateError for a state of a newer format.
    """
    state = read_state(private.root, destination.root)
    paths = {content.final for contents in incoming for content in contents.files}
    paths.update(path for owned in leaving for path in (*owned.files, owned.metadata, *owned.edits))
    paths.update(state.shared)
    paths.update(owner.kept for owners in state.shared.values() for owner in owners if owner.kept)
    paths.update(f"{base}/shadowed/x" for base in private.bases())
    bases = {destination.root, *destination.folders.values()}

    return Situation(destination, private, staying, state, survey(paths, bases))
