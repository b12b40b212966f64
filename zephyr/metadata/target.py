"""The one environment that is resolved for: all that depends on an interpreter is asked here."""

from __future__ import annotations

from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Self

from zephyr.metadata.meanings import Meanings
from zephyr.metadata.reasons import NoCompatibleWheel, PythonMismatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zephyr.model.interpreter import Interpreter


class Target:
    """Markers, wheel tags and Python version of one environment.

    What was asked before is remembered in its `Meanings`, be it of an earlier run for the same environment.
    ``markers`` are the environment markers of PEP 508 without ``extra``; ``tags`` are compatible
    wheel tags, best first. Requires-Python is compared with the release alone, so that 3.15.0a1
    counts as 3.15.0, as pip has it.
    """

    is_one_of_many = False
    """Whether the same files are judged for other environments too, and what was concluded may be shared."""

    def __init__(
        self,
        version: str,
        markers: Mapping[str, str],
        tags: Sequence[str],
        meanings: Meanings | None = None,
    ) -> None:
        """``meanings`` are those found for an equal target, see `zephyr.metadata.meanings.key_of`."""
        self.version = version
        self.no_compatible_wheel = NoCompatibleWheel(_platform_shown(tags))
        self.meanings = meanings if meanings is not None else Meanings()
        self.key = self.meanings.key
        """What tells the environment from others, where that was worked out."""
        self._markers = dict(markers)
        self._tags = tags
        self._mismatches: dict[str, PythonMismatch | None] = {}

    @classmethod
    def of(cls, interpreter: Interpreter, meanings: Meanings | None = None) -> Self:
        """Return the target that an interpreter is."""
        return cls(interpreter.version, interpreter.markers, interpreter.tags, meanings)

    def rank(self, tag: str) -> int | None:
        """Return how good a wheel's tag is (0 is best), None where it does not fit.

        ``tag`` may be a compressed set, ``py2.py3-none-any``.
        """
        ranks = self.meanings.ranks

        try:
            return ranks[tag]
        except KeyError:
            rank = ranks[tag] = self._best_rank(tag)

            return rank

    def holds(self, marker: str, extra: str = "") -> bool:
        """Evaluate a PEP 508 marker with ``extra`` set.

        Raises `packaging.markers.InvalidMarker` or `UndefinedComparison`, both of them ``ValueError``, for a
        marker without a meaning.
        """
        markers = self.meanings.markers

        try:
            return markers[marker, extra]
        except KeyError:
            holds = markers[marker, extra] = self._evaluated(marker, extra)

            return holds

    def python_mismatch(self, requires_python: str) -> PythonMismatch | None:
        """Say why a Requires-Python does not admit this Python; None where it does.

        A text that cannot be understood, even repaired, admits every Python.
        """
        try:
            return self._mismatches[requires_python]
        except KeyError:
            admits = self._admits(requires_python)
            mismatch = None if admits else PythonMismatch(requires_python, self.version)
            self._mismatches[requires_python] = mismatch

            return mismatch

    def here(self, reason: object) -> object:
        """Return a reason against files, found for another environment, in the words of this one."""
        match reason:
            case PythonMismatch():
                return self.python_mismatch(reason.requires) or reason
            case NoCompatibleWheel():
                return self.no_compatible_wheel
            case _:
                return reason

    def _best_rank(self, tag: str) -> int | None:
        # Most tags are of another Python or platform, which is told by their parts.
        parts = [
            [one for one in part.split(".") if one in known]
            for part, known in zip(tag.lower().split("-"), self._parts, strict=False)
        ]
        found = (self._ranks.get("-".join(one)) for one in product(*parts))

        return min((rank for rank in found if rank is not None), default=None)

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {tag: rank for rank, tag in reversed(list(enumerate(self._tags)))}

    @cached_property
    def _parts(self) -> list[frozenset[str]]:
        """The Pythons, ABIs and platforms of all tags."""
        columns = zip(*(tag.split("-") for tag in self._tags), strict=False)

        return [frozenset(column) for column in columns]

    def _evaluated(self, marker: str, extra: str) -> bool:
        from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName

        try:
            return Marker(marker).evaluate({**self._markers, "extra": extra})
        except UndefinedEnvironmentName as error:
            raise InvalidMarker(f"{marker} has no meaning in package metadata") from error

    def _admits(self, requires_python: str) -> bool:
        pythons = self.meanings.pythons

        try:
            return pythons[requires_python]
        except KeyError:
            admits = pythons[requires_python] = self._compared(requires_python)

            return admits

    def _compared(self, requires_python: str) -> bool:
        from packaging.specifiers import SpecifierSet
        from packaging.version import Version

        from zephyr.metadata.repairs import repaired_specifier

        release = Version(self.version).base_version

        try:
            specifier = SpecifierSet(repaired_specifier(requires_python))

            return specifier.contains(release, prereleases=True)
        except ValueError:
            # An InvalidSpecifier; or numbers so long that Python does not read them.
            return True


class AnyPython(Target):
    """A target for which no Requires-Python counts."""

    def __init__(
        self,
        version: str,
        markers: Mapping[str, str],
        tags: Sequence[str],
        meanings: Meanings | None = None,
    ) -> None:
        super().__init__(version, markers, tags, meanings)
        self.key = self.key and f"{self.key} with any Python"

    def python_mismatch(self, requires_python: str) -> PythonMismatch | None:  # noqa: ARG002
        """Let every Requires-Python admit."""
        return None


def _platform_shown(tags: Sequence[str]) -> str:
    python, _, platform = (tags[0] if tags else "no tags").partition("-")

    return f"{python}, {platform.rpartition('-')[2]}"
