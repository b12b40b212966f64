"""A marker environment as something to resolve for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.markers.wheel_fit import wheel_rank
from zephyr.metadata.reasons import NoCompatibleWheel
from zephyr.metadata.target import Target

if TYPE_CHECKING:
    from zephyr.markers.environments import MarkerEnvironment
    from zephyr.metadata.reasons import PythonMismatch

_UNFIT = 1_000_000
"""The rank of a wheel that fits nothing, where that is not to matter."""


class EnvironmentTarget(Target):
    """One marker environment: any interpreter that it describes must be able to use what is chosen.

    Markers and Requires-Python are asked of the lowest Python in its range; the grid is cut wherever an
    answer would differ within the range.
    """

    def __init__(
        self, environment: MarkerEnvironment, *, lenient: bool = False, any_python: bool = False
    ) -> None:
        """With ``lenient`` a version can be chosen although no file of it can be used there.

        With ``any_python`` no Requires-Python counts.
        """
        markers = environment.markers
        super().__init__(markers["python_full_version"], markers, ())
        self.no_compatible_wheel = NoCompatibleWheel(environment.label)
        self._environment = environment
        self._lenient = lenient
        self._any_python = any_python or lenient

    def rank(self, tag: str) -> int | None:
        """Return how good a wheel's tag is for this environment, None where it does not fit."""
        found = wheel_rank(tag, self._environment)

        return _UNFIT if found is None and self._lenient else found

    def python_mismatch(self, requires_python: str) -> PythonMismatch | None:
        """Say why a Requires-Python does not admit the lowest Python of the range; None where it does."""
        return None if self._any_python else super().python_mismatch(requires_python)


class Anywhere(Target):
    """Every environment at once: only what has nothing to do with one speaks against a file."""

    def __init__(self) -> None:
        super().__init__("0", {}, ())

    def rank(self, tag: str) -> int | None:  # noqa: ARG002
        """Let every wheel fit."""
        return 0

    def python_mismatch(self, requires_python: str) -> PythonMismatch | None:  # noqa: ARG002
        """Let every Requires-Python admit."""
        return None
