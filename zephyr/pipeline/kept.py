"""What a new lock takes over from the one that is there: versions, and the commits of repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.lock.preferences import locked_commit, preferences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.pylock import Pylock
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.markers.environments import MarkerEnvironment
    from zephyr.model.source_reference import SourceReference


@dataclass(frozen=True, slots=True)
class Kept:
    """The lock as far as it is to stay; of two sides of a merge, ours counts first."""

    documents: tuple[Pylock, ...]
    upgraded: frozenset[NormalizedName]
    """Names of which nothing is kept."""
    folder: str
    """Where the lock lies."""

    def versions(self, environment: MarkerEnvironment) -> Mapping[NormalizedName, Version]:
        """Return the versions to prefer in an environment."""
        found: dict[NormalizedName, Version] = {}

        for document in self.documents:
            for name, version in preferences(document, environment.markers).items():
                found.setdefault(name, version)

        return {name: version for name, version in found.items() if name not in self.upgraded}

    def commit(self, reference: SourceReference) -> str | None:
        """Return the commit of a repository that is asked for as it was; None where it is looked up anew."""
        commits = (
            locked_commit(document, reference, self.folder, self.upgraded) for document in self.documents
        )

        return next((commit for commit in commits if commit is not None), None)
