"""Which file stands for each version of a project: picked by its number, looked at when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.artifact import Artifact
    from zephyr.model.releases import Releases


class Picked(NamedTuple):
    """The file of one version, by its number among that version's files."""

    file: int
    """To be installed."""
    described_by: int
    """The file whose METADATA speaks for the version: the same one, but for a source archive of which
    there is a wheel for other platforms, which saves a build."""
    is_wheel: bool
    """Whether ``file`` is one."""

    @property
    def is_described_by_wheel(self) -> bool:
        """Whether ``described_by`` is one."""
        return self.is_wheel or self.described_by != self.file


class Choice(NamedTuple):
    """The file of one version."""

    artifact: Artifact
    """To be installed."""
    described_by: Artifact
    """The file whose METADATA speaks for the version, see `Picked`."""


class Choices(Sequence["Choice | None"]):
    """The choice for each version, by place, looked up when asked for; None where no file can be used."""

    __slots__ = ("_picked", "_releases")

    def __init__(self, releases: Releases, picked: Mapping[Picked, int]) -> None:
        """Take what was picked, each with the version set that it is picked for."""
        self._releases = releases
        self._picked = picked

    def __len__(self) -> int:
        return len(self._releases.versions)

    @overload
    def __getitem__(self, place: int) -> Choice | None: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Choice | None]: ...
    def __getitem__(self, place: int | slice) -> Choice | Sequence[Choice | None] | None:
        if isinstance(place, slice):
            return [self[one] for one in range(len(self))[place]]

        picked = self.picked(range(len(self))[place])

        if picked is None:
            return None

        artifact = self._releases.file(place, picked.file)
        described_by = (
            artifact
            if picked.described_by == picked.file
            else self._releases.file(place, picked.described_by)
        )

        return Choice(artifact, described_by)

    @property
    def wheels(self) -> int:
        """The version set of those whose choice is a wheel."""
        return sum(versions for picked, versions in self._picked.items() if picked.is_wheel)

    def picked(self, place: int) -> Picked | None:
        """Return which file is chosen, without looking at it."""
        for picked, versions in self._picked.items():
            if versions >> place & 2:
                return picked

        return None
