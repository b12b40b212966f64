"""How a solve can end without a solution: there is none, the budget is spent, or the solver is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import InternalError, ZephyrError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from zephyr.solver.proof import Proof


class NoSolution(ZephyrError):
    """Raised when the requirements contradict each other; ``proof`` says why, as data."""

    id = "no-solution"

    def __init__(self, proof: Proof) -> None:
        super().__init__("the requirements cannot be met together")
        self.proof = proof


class GaveUp(ZephyrError):
    """Raised when the budget of steps is spent before an answer is found."""

    id = "gave-up"

    def __init__(
        self, steps: int, decided: Mapping[Hashable, int], conflicts: Mapping[Hashable, int]
    ) -> None:
        self.steps = steps
        self.decided = decided
        """What was selected when it stopped: package to version number."""
        self.conflicts = conflicts
        """The packages that got in the way, most often first, with the number of times."""
        worst = ", ".join(str(package) for package in list(conflicts)[:3])
        super().__init__(
            f"gave up after {steps} steps without an answer"
            + (f"; most in conflict: {worst}" if worst else ""),
            hint="Require narrower ranges of the packages named." if worst else "Raise the limit.",
        )


class SolverBug(InternalError):
    """Raised when the solver or its provider breaks its own contract."""

    id = "solver-bug"
