"""The one environment that is resolved for: all that depends on an interpreter is asked here."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Self

from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from zephyr.metadata.reasons import NoCompatibleWheel, PythonMismatch
from zephyr.metadata.repairs import repaired_specifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zephyr.model.interpreter import Interpreter


class Target:
    """Markers, wheel tags and Python version of one environment, with what was asked before remembered.

    ``markers`` are the environment markers of PEP 508 without ``extra``; ``tags`` are compatible
    wheel tags, best first. Requires-Python is compared with the release alone, so that 3.15.0a1
    counts as 3.15.0, as pip has it.
    """

    def __init__(self, version: str, markers: Mapping[str, str], tags: Sequence[str]) -> None:
        self.version = version
        self.no_compatible_wheel = NoCompatibleWheel(_platform_shown(tags))
        self._release = Version(Version(version).base_version)
        self._markers = dict(markers)
        self._ranks = {tag: rank for rank, tag in reversed(list(enumerate(tags)))}
        self._parts = [frozenset(column) for column in zip(*(tag.split("-") for tag in tags), strict=False)]
        """The Pythons, ABIs and platforms of all tags."""
        self._rank_memo: dict[str, int | None] = {}
        self._marker_memo: dict[tuple[str, str], bool] = {}
        self._python_memo: dict[str, PythonMismatch | None] = {}

    @classmethod
    def of(cls, interpreter: Interpreter) -> Self:
        """Return the target that an interpreter is."""
        return cls(interpreter.version, interpreter.markers, interpreter.tags)

    def rank(self, tag: str) -> int | None:
        """Return how good a wheel's tag is (0 is best), None where it does not fit.

        ``tag`` may be a compressed set, ``py2.py3-none-any``.
        """
        try:
            return self._rank_memo[tag]
        except KeyError:
            # Most tags are of another Python or platform, which is told by their parts.
            parts = [
                [one for one in part.split(".") if one in known]
                for part, known in zip(tag.lower().split("-"), self._parts, strict=False)
            ]
            found = (self._ranks.get("-".join(one)) for one in product(*parts))
            rank = min((rank for rank in found if rank is not None), default=None)
            self._rank_memo[tag] = rank

            return rank

    def holds(self, marker: str, extra: str = "") -> bool:
        """Evaluate a PEP 508 marker with ``extra`` set.

        Raises `packaging.markers.InvalidMarker` or `UndefinedComparison`, both of them ``ValueError``, for a
        marker without a meaning.
        """
        key = (marker, extra)

        if key not in self._marker_memo:
            try:
                self._marker_memo[key] = Marker(marker).evaluate({**self._markers, "extra": extra})
            except UndefinedEnvironmentName as error:
                raise InvalidMarker(f"{marker} has no meaning in package metadata") from error

        return self._marker_memo[key]

    def python_mismatch(self, requires_python: str) -> PythonMismatch | None:
        """Say why a Requires-Python does not admit this Python; None where it does.

        A text that cannot be understood, even repaired, admits every Python.
        """
        try:
            return self._python_memo[requires_python]
        except KeyError:
            mismatch = self._python_memo[requires_python] = self._compared(requires_python)

            return mismatch

    def _compared(self, requires_python: str) -> PythonMismatch | None:
        try:
            specifier = SpecifierSet(repaired_specifier(requires_python))
            admits = specifier.contains(self._release, prereleases=True)
        except ValueError:
            # An InvalidSpecifier; or numbers so long that Python does not read them.
            return None

        return None if admits else PythonMismatch(requires_python, self.version)


class AnyPython(Target):
    """A target for which no Requires-Python counts."""

    def python_mismatch(self, requires_python: str) -> PythonMismatch | None:  # noqa: ARG002
        """Let every Requires-Python admit."""
        return None


def _platform_shown(tags: Sequence[str]) -> str:
    python, _, platform = (tags[0] if tags else "no tags").partition("-")

    return f"{python}, {platform.rpartition('-')[2]}"
