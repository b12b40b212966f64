"""What goes in beside the questions, and what comes out: limits and the solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping


@dataclass(frozen=True, slots=True)
class Limits:
    """When to give up. Counted in steps and not in seconds: the answer never depends on the machine."""

    steps: int = 200_000
    """Decisions and conflicts together. Real requirements, hard ones included, need a few thousand."""
    pause: int | None = None
    """Yield an empty `Need` after so many steps: the driver may look at its clock, or be cancelled."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a solve was."""

    decisions: int
    """Versions selected, those taken back included."""
    conflicts: int
    """Incompatibilities that came true, and versions rejected before they were selected."""
    checks: int
    """Incompatibilities visited."""


@dataclass(frozen=True, slots=True)
class Solution:
    """One version of every package that is needed, and of no other."""

    versions: Mapping[Hashable, int]
    """Package to the place of its version in the universe, in the order of decision."""
    edges: Mapping[Hashable, tuple[Hashable, ...]]
    """Package to those that its version depends on, in the order in which it names them."""
    effort: Effort
