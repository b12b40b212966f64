"""What the solver decides on: a project, or one extra of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from packaging.utils import NormalizedName


class Package(NamedTuple):
    """A project's base, or (with ``extra``) the proxy of one of its extras.

    A proxy shares the universe of its base and always has the same version; its dependencies are
    those that the extra adds.
    """

    name: NormalizedName
    extra: NormalizedName | None = None

    @property
    def base(self) -> Package:
        """The project itself."""
        return self if self.extra is None else Package(self.name)

    def __str__(self) -> str:
        return self.name if self.extra is None else f"{self.name}[{self.extra}]"
