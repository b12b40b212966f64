"""The figures: what one run gave, and what all runs of one tool in one scenario gave."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sample:
    """One run that counts."""

    wall: float
    settled: float
    """Until everything that the command left behind had ended too."""
    cpu: float
    requests: int
    transferred: int


@dataclass(slots=True)
class Row:
    """What one tool gave in one scenario."""

    scenario: str
    tool: str
    samples: list[Sample] = field(default_factory=list["Sample"])
    peak: int | None = None
    notes: list[str] = field(default_factory=list[str])
    """What a reader has to know of the figures."""
    failure: str | None = None
    """Why there are no figures, or none that may be compared."""
