"""Which file of a version is used: the first one by tag among those that nothing speaks against.

Files are judged by their kind wherever that is all that counts, so each kind once for a whole project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from zephyr.metadata.choices import Picked
from zephyr.metadata.reasons import (
    BuildExcluded,
    FormatExcluded,
    HashMissing,
    HashNotAllowed,
    NoCompatibleWheel,
    PythonMismatch,
    TooNew,
    Yanked,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from packaging.utils import NormalizedName

    from zephyr.metadata.demands import Demand
    from zephyr.metadata.reasons import Reason
    from zephyr.metadata.request import Rules
    from zephyr.metadata.target import Target
    from zephyr.model.artifact import Artifact
    from zephyr.model.releases import Asked, Kind

Merit: TypeAlias = tuple[bool, int, bool, tuple[int, str]]
"""How good a kind of file is: wheels, by tag, before sources; what is not yanked; by build tag or suffix."""

_STAGES: tuple[type, ...] = (
    TooNew,
    PythonMismatch,
    Yanked,
    BuildExcluded,
    FormatExcluded,
    NoCompatibleWheel,
    HashMissing,
    HashNotAllowed,
)
"""The order in which a file is examined. Of several files, the one that came furthest tells why a
version cannot be used: a wheel with the wrong hash says more than a wheel for another platform."""

_NEVER_UPLOADED = ("file:", "installed:")
"""What addresses begin with that are no index's: a cut-off says nothing of what lies here."""


class Ranking:
    """How the kinds of a project's files compare, and what speaks against some of them."""

    __slots__ = ("_grades", "_kinds", "_objections")

    def __init__(
        self, kinds: Sequence[Kind], objections: Sequence[Reason | None], merits: Sequence[Merit | None]
    ) -> None:
        usable = sorted({merit for merit in merits if merit is not None})
        order = {merit: grade for grade, merit in enumerate(usable)}
        self._kinds = kinds
        self._objections = objections
        """What speaks against each kind; there is one or the other of an objection and a merit."""
        self._grades = [
            order[merit] if merit is not None else Judge.stage(objection) - len(_STAGES)
            for objection, merit in zip(objections, merits, strict=True)
        ]
        """Not negative for what can be used; below, the further a file came the higher."""

    def choose(self, kinds: Sequence[int]) -> Picked | Reason:
        """Return the best usable file of a version, or else the reason why there is none.

        ``kinds`` are those of its files, by their numbers. Of files that are equally good the last is taken.
        """
        grades = [self._grades[kind] for kind in kinds]
        best = max(grades)

        if best < 0:
            objection = self._objections[kinds[grades.index(best)]]
            assert objection is not None

            return objection

        chosen = len(grades) - 1 - grades[::-1].index(best)

        if self._kinds[kinds[chosen]].is_wheel:
            return Picked(chosen, chosen, is_wheel=True)

        wheels = (number for number, kind in enumerate(kinds) if self._kinds[kind].is_wheel)

        return Picked(chosen, next(wheels, chosen), is_wheel=False)


class Judge:
    """The rules of one project in one resolve, applied to its files."""

    __slots__ = ("_cutoff", "_demand", "_no_binary", "_no_build", "_no_hash", "_target")

    def __init__(self, name: NormalizedName, target: Target, rules: Rules, demand: Demand) -> None:
        self._target = target
        self._demand = demand
        self._cutoff = rules.exclude_newer
        self._no_binary = rules.forbids_wheels(name)
        self._no_build = rules.forbids_builds(name)
        self._no_hash = rules.require_hashes and not demand.has_hashes

    @property
    def formats(self) -> tuple[bool, bool, bool]:
        """What the rules say of the project's files beside what the target does."""
        return self._no_binary, self._no_build, self._no_hash

    @property
    def looks_at_files(self) -> bool:
        """Whether more counts than the kind of a file: a cut-off by date, or hashes."""
        return self._cutoff is not None or bool(self._demand.hashes)

    def signature(self, asked: Asked) -> tuple[object, ...]:
        """Return all that an answer by kinds depends on, for the files that ``asked`` is of.

        Two judges with equal signatures conclude the same of them, but for the words of their reasons.
        """
        target = self._target

        return (
            self._no_binary,
            self._no_build,
            self._no_hash,
            *map(target.rank, asked.tags),
            *(target.python_mismatch(python) is None for python in asked.pythons),
        )

    def ranking(
        self, kinds: Sequence[Kind], files: Sequence[Artifact] | None = None, *, pinned: bool
    ) -> Ranking:
        """Judge kinds of files, or with ``files`` one file of each kind; ``pinned`` ones may be yanked.

        A judge that `looks_at_files` needs them.
        """
        objections = [
            self._objection(kind, files[number] if files is not None else None, pinned)
            for number, kind in enumerate(kinds)
        ]

        merits = [
            self._merit(kind) if objection is None else None
            for kind, objection in zip(kinds, objections, strict=True)
        ]

        return Ranking(kinds, objections, merits)

    def allows(self, kind: Kind, artifact: Artifact, *, pinned: bool) -> bool:
        """Tell whether nothing speaks against a file."""
        return self._objection(kind, artifact, pinned) is None

    @staticmethod
    def stage(reason: object) -> int:
        """Return how far an objection stands in the order of examination."""
        return _STAGES.index(type(reason))

    def _objection(self, kind: Kind, artifact: Artifact | None, pinned: bool) -> Reason | None:
        if self._cutoff is not None and artifact is not None:
            reason = self._too_new(artifact, self._cutoff)

            if reason is not None:
                return reason

        if kind.requires_python:
            mismatch = self._target.python_mismatch(kind.requires_python)

            if mismatch is not None:
                return mismatch

        if kind.is_yanked and not pinned:
            return Yanked()

        if (wrong := self._wrong_format(kind.tag)) is not None:
            return wrong

        if self._no_hash:
            return HashMissing()

        if artifact is None or self._hash_allowed(artifact):
            return None

        return HashNotAllowed(_announced(artifact)) if pinned else HashNotAllowed()

    def _wrong_format(self, tag: str | None) -> Reason | None:
        if tag is None:
            return BuildExcluded("--only-binary") if self._no_build else None

        if self._no_binary:
            return FormatExcluded("--no-binary")

        return self._target.no_compatible_wheel if self._target.rank(tag) is None else None

    def _merit(self, kind: Kind) -> Merit:
        if kind.tag is None:
            return False, 0, not kind.is_yanked, (int(kind.is_gzipped), "")

        return True, -(self._target.rank(kind.tag) or 0), not kind.is_yanked, kind.build

    @staticmethod
    def _too_new(artifact: Artifact, cutoff: datetime) -> TooNew | None:
        if artifact.url.startswith(_NEVER_UPLOADED):
            return None

        from datetime import UTC, datetime

        shown = cutoff.isoformat()

        try:
            uploaded = datetime.fromisoformat(artifact.upload_time or "")
        except ValueError:
            return TooNew(shown, known=False)

        uploaded = uploaded if uploaded.tzinfo else uploaded.replace(tzinfo=UTC)

        return TooNew(shown) if uploaded >= cutoff else None

    def _hash_allowed(self, artifact: Artifact) -> bool:
        """Compare with what the index announces; where that says nothing, the download is compared."""
        allowed = [value.partition(":") for value in self._demand.hashes]
        comparable = {algorithm for algorithm, _, _ in allowed} & artifact.hashes.keys()

        return not comparable or any(
            artifact.hashes.get(algorithm) == digest for algorithm, _, digest in allowed
        )


def _announced(artifact: Artifact) -> str:
    digests = (f"{algorithm}:{digest}" for algorithm, digest in sorted(artifact.hashes.items()))

    return f"{artifact.filename} has {', '.join(digests)}"


def source_order(artifact: Artifact) -> tuple[bool, bool, str]:
    """Rank source archives: what is not yanked, then ``.tar.gz`` before the older ``.zip``."""
    return artifact.yanked is None, artifact.filename.endswith(".tar.gz"), artifact.filename
