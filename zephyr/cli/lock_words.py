"""The words of one ``zephyr lock``, in their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.cli.amendment_options import AmendmentOptions
from zephyr.cli.input_options import InputOptions
from zephyr.cli.option_groups import Given
from zephyr.dataclass import dataclass, field
from zephyr.metadata.requirements import COMMAND_LINE
from zephyr.metadata.requirements_file import RequirementLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr.cli.lock_options import LockOptions
    from zephyr.cli.options import (
        BuildingOptions,
        CacheOptions,
        NetworkOptionsGroup,
        ResolverOptions,
        SourceOptions,
    )

STDOUT = "-"
"""What ``--output`` names to have a lock printed."""


@dataclass(frozen=True, slots=True)
class LockWords:
    """What the command line says; what it names is locked instead of the project."""

    lock: LockOptions
    resolver: ResolverOptions
    building: BuildingOptions
    sources: SourceOptions
    network: NetworkOptionsGroup
    cache: CacheOptions
    python: str | None = None
    given: Given = field(default_factory=Given)
    """What the command line and ``ZEPHYR_*`` say comes before what the project says."""
    packages: Sequence[str] = ()
    editables: Sequence[str] = ()
    inputs: InputOptions = field(default_factory=InputOptions)
    amendments: AmendmentOptions = field(default_factory=AmendmentOptions)

    @property
    def is_printed(self) -> bool:
        """Whether the lock goes to standard output, and nothing is written."""
        return self.lock.lock_file == STDOUT

    @property
    def names_requirements(self) -> bool:
        """Whether it is requirements that are locked, wherever they stand, and not the project."""
        return bool(
            self.packages
            or self.editables
            or self.resolver.requirement
            or self.inputs.group
            or self.inputs.requirements_from_script
        )

    @property
    def lines(self) -> tuple[RequirementLine, ...]:
        """The requirements that stand on the command line itself."""
        return (
            *(RequirementLine(text, COMMAND_LINE) for text in self.packages if text.strip()),
            *(RequirementLine(text, COMMAND_LINE, editable=True) for text in self.editables),
        )
