"""Which file of a version is used: the first one by tag among those that nothing speaks against."""

from __future__ import annotations

from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

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

    from packaging.utils import NormalizedName

    from zephyr.metadata.demands import Demand
    from zephyr.metadata.reasons import Reason
    from zephyr.metadata.request import Rules
    from zephyr.metadata.target import Target
    from zephyr.model.artifact import Artifact
    from zephyr.model.filenames import ParsedFilename

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


class Choice(NamedTuple):
    """The file of one version."""

    artifact: Artifact
    """To be installed."""
    described_by: Artifact
    """The file whose METADATA speaks for the version: the same one, but for a source archive of which
    there is a wheel for other platforms, which saves a build."""


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

    def choose(self, files: Sequence[tuple[ParsedFilename, Artifact]], *, pinned: bool) -> Choice | Reason:
        """Return the best usable file of one version, or else the reason why there is none.

        ``pinned`` versions may be yanked.
        """
        wheels: list[tuple[tuple[int, bool, tuple[int, str], str], Artifact]] = []
        objections: list[tuple[int, Reason]] = []
        sources: list[Artifact] = []

        for parsed, artifact in files:
            reason = self._objection(parsed, artifact, pinned)

            if reason is not None:
                objections.append((self.stage(reason), reason))
            elif parsed.tag is None:
                sources.append(artifact)
            else:
                rank = self._target.rank(parsed.tag) or 0
                key = (-rank, artifact.yanked is None, parsed.build, artifact.filename)
                wheels.append((key, artifact))

        if wheels:
            chosen = max(wheels, key=itemgetter(0))[1]

            return Choice(chosen, chosen)

        if sources:
            source = max(sources, key=source_order)
            described = next((artifact for _, artifact in files if artifact.is_wheel), source)

            return Choice(source, described)

        return max(objections, key=itemgetter(0))[1]

    def allows(self, parsed: ParsedFilename, artifact: Artifact, *, pinned: bool) -> bool:
        """Tell whether nothing speaks against a file."""
        return self._objection(parsed, artifact, pinned) is None

    @staticmethod
    def stage(reason: object) -> int:
        """Return how far an objection stands in the order of examination."""
        return _STAGES.index(type(reason))

    def _objection(self, parsed: ParsedFilename, artifact: Artifact, pinned: bool) -> Reason | None:
        reason: Reason | None = None

        if self._cutoff is not None and not artifact.url.startswith(_NEVER_UPLOADED):
            reason = self._too_new(artifact)

        if reason is None and artifact.requires_python:
            reason = self._target.python_mismatch(artifact.requires_python)

        if reason is not None:
            return reason

        if artifact.yanked is not None and not pinned:
            return Yanked()

        reason = self._wrong_format(parsed)

        if reason is not None:
            return reason

        if self._no_hash:
            return HashMissing()

        if not self._demand.hashes or self._hash_allowed(artifact):
            return None

        return HashNotAllowed(_announced(artifact)) if pinned else HashNotAllowed()

    def _wrong_format(self, parsed: ParsedFilename) -> Reason | None:
        if parsed.tag is None:
            return BuildExcluded("--only-binary") if self._no_build else None

        if self._no_binary:
            return FormatExcluded("--no-binary")

        return self._target.no_compatible_wheel if self._target.rank(parsed.tag) is None else None

    def _too_new(self, artifact: Artifact) -> TooNew | None:
        assert self._cutoff is not None
        shown = self._cutoff.isoformat()

        try:
            uploaded = datetime.fromisoformat(artifact.upload_time or "")
        except ValueError:
            return TooNew(shown, known=False)

        uploaded = uploaded if uploaded.tzinfo else uploaded.replace(tzinfo=UTC)

        return TooNew(shown) if uploaded >= self._cutoff else None

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
