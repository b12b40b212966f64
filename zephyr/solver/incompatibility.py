"""Incompatibilities: sets of terms that may not all hold at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zephyr.solver.cause import Cause
    from zephyr.solver.version_set import VersionSet


class Incompatibility:
    """Terms that no solution satisfies all of, with the cause. Never changed once made.

    ``terms`` maps a package's number to its version set. A term that is always true is left out,
    so an incompatibility without terms says that there is no solution. ``cause`` may be given as a
    function that finds it: few incompatibilities are ever asked for theirs.
    """

    __slots__ = ("_cause", "terms")

    def __init__(self, terms: Mapping[int, VersionSet], cause: Cause | Callable[[], Cause]) -> None:
        self.terms = terms
        self._cause = cause

    @property
    def cause(self) -> Cause:
        """Why it holds."""
        if callable(self._cause):
            self._cause = self._cause()

        return self._cause

    def __repr__(self) -> str:
        terms = ", ".join(f"{package}: {term:#b}" for package, term in self.terms.items())
        return f"Incompatibility({{{terms}}}, {type(self.cause).__name__})"
