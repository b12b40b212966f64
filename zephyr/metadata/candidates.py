"""From a listing to a universe: the versions of a project, the file chosen for each, and what rules some out.

A version that has no usable file stays in the universe, excluded by a restriction with the reason,
so that the proof of a failure can name it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, TypeAlias

from zephyr.metadata.demands import NOTHING
from zephyr.metadata.judgement import Choice, Judge
from zephyr.metadata.membership import everything, matching_clause
from zephyr.metadata.reasons import Constrained, PreReleaseExcluded, Quarantined
from zephyr.metadata.request import PreReleases, ResolutionMode
from zephyr.model.artifact import Listing, ProjectStatus
from zephyr.model.filenames import parse_filename
from zephyr.solver.provider import Restriction, Universe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.version import Version

    from zephyr.metadata.demands import Demand
    from zephyr.metadata.request import Rules
    from zephyr.metadata.target import Target
    from zephyr.model.artifact import Artifact
    from zephyr.model.filenames import ParsedFilename


ByVersion: TypeAlias = "Mapping[Version, Sequence[tuple[ParsedFilename, Artifact]]]"


@dataclass(frozen=True, slots=True)
class ReadListing(Listing):
    """A listing whose file names have been read: for whoever makes candidates of it again and again."""

    by_version: ByVersion = field(
        default_factory=dict["Version", "Sequence[tuple[ParsedFilename, Artifact]]"]
    )
    unread: int = 0
    """The number of files whose name or version is not valid."""

    @classmethod
    def of(cls, listing: Listing) -> ReadListing:
        """Read the file names of a listing."""
        by_version, unread = _by_version(listing)
        known = {each.name: getattr(listing, each.name) for each in fields(listing)}

        return cls(**known, by_version=by_version, unread=unread)


class Candidates:
    """All versions of one project, with the file to use for each. Facts of one resolve: they never change."""

    __slots__ = ("_clauses", "_specifiers", "choices", "listing", "skipped", "universe", "versions")

    def __init__(
        self,
        listing: Listing,
        versions: Sequence[Version],
        skipped: int = 0,
    ) -> None:
        self.listing = _without_files(listing)
        """Without its files: those that matter are in `choices`, and an index lists ten times as many."""
        self.versions = versions
        """Ascending."""
        self.choices: Sequence[Choice | None] = [None] * len(versions)
        """By place in `versions`; None where no file can be used."""
        self.skipped = skipped
        """The number of files whose name or version is not valid."""
        self.universe = Universe(versions)
        self._clauses: dict[str, int] = {}
        self._specifiers: dict[str, int] = {"": everything(len(versions))}

    def matching(self, specifier: str) -> int:
        """Return the version set of a specifier set, ``>=1.0,<2`` (empty for everything)."""
        found = self._specifiers.get(specifier)

        if found is None:
            found = self._specifiers[""]

            for clause in specifier.split(","):
                found &= self._matching_clause(clause.strip())

            self._specifiers[specifier] = found

        return found

    def choose(self, allowed: int) -> int | None:
        """Return the place of the version that would be taken among ``allowed``, None without any.

        ``allowed`` is a part of `usable`.
        """
        for preference in self.universe.preferences:
            if allowed & preference:
                allowed &= preference
                break

        if not allowed:
            return None

        return ((allowed & -allowed) if self.universe.lowest else allowed).bit_length() - 2

    @property
    def usable(self) -> int:
        """The version set that no restriction touches."""
        found = self._specifiers[""]

        for restriction in self.universe.restrictions:
            found &= ~restriction.excluded

        return found

    def _matching_clause(self, clause: str) -> int:
        found = self._clauses.get(clause)

        if found is None:
            found = self._clauses[clause] = matching_clause(self.versions, clause)

        return found


def read_candidates(
    listing: Listing,
    target: Target,
    rules: Rules,
    demand: Demand = NOTHING,
    preferred: Version | None = None,
) -> Candidates:
    """Order a listing's files by version, choose one for each, and state what cannot be used, and why."""
    if isinstance(listing, ReadListing):
        by_version, skipped = listing.by_version, listing.unread
    else:
        by_version, skipped = _by_version(listing)

    versions = sorted(by_version)
    candidates = Candidates(listing, versions, skipped)
    pinned = _only(versions, preferred)

    for clause in demand.exact:
        pinned |= candidates.matching(clause)

    judge = Judge(listing.name, target, rules, demand)
    excluded: dict[object, int] = {}
    choices: list[Choice | None] = []

    for place, version in enumerate(versions):
        found = judge.choose(by_version[version], pinned=bool(pinned & (2 << place)))
        choices.append(found if isinstance(found, Choice) else None)

        if not isinstance(found, Choice):
            excluded[found] = excluded.get(found, 0) | 2 << place

    candidates.choices = choices
    restrictions = [Restriction(excluded[reason], reason) for reason in sorted(excluded, key=judge.stage)]
    candidates.universe = Universe(
        versions,
        (*restrictions, *_restrictions_by_rule(candidates, rules, demand, preferred)),
        tuple(_preferences(versions, choices, rules, rules.pre_releases_of(listing.name), preferred)),
        rules.mode is ResolutionMode.LOWEST
        or (rules.mode is ResolutionMode.LOWEST_DIRECT and demand.required),
    )

    return candidates


def _by_version(listing: Listing) -> tuple[ByVersion, int]:
    """Return the files of every version, and the number of those that are no archives of the project."""
    found: dict[Version, list[tuple[ParsedFilename, Artifact]]] = {}
    skipped = 0

    for artifact in listing.artifacts:
        parsed = parse_filename(artifact.filename, listing.name)

        if parsed is None:
            skipped += 1
        else:
            found.setdefault(parsed.version, []).append((parsed, artifact))

    return found, skipped


def _without_files(listing: Listing) -> Listing:
    return Listing(listing.name, (), listing.index, listing.status, listing.status_reason, listing.skipped)


def _restrictions_by_rule(
    candidates: Candidates, rules: Rules, demand: Demand, preferred: Version | None
) -> Iterator[Restriction]:
    """Yield what rules out versions whatever their files are like."""
    listing, versions = candidates.listing, candidates.versions
    whole = everything(len(versions))

    if listing.status is ProjectStatus.QUARANTINED and whole:
        yield Restriction(whole, Quarantined(listing.status_reason))

    for root in demand.constraints:
        outside = whole & ~candidates.matching(root.requirement.specifier)

        if outside:
            yield Restriction(outside, Constrained(str(root.requirement), root.origin))

    pre_releases = rules.pre_releases_of(listing.name)
    explicit = pre_releases is PreReleases.EXPLICIT and not demand.names_pre_release

    if explicit or pre_releases is PreReleases.DISALLOW:
        unstable = whole & ~_stable(versions) & ~_only(versions, preferred)

        if unstable:
            yield Restriction(unstable, PreReleaseExcluded())


def _preferences(
    versions: Sequence[Version],
    choices: Sequence[Choice | None],
    rules: Rules,
    pre_releases: PreReleases,
    preferred: Version | None,
) -> Iterator[int]:
    if preferred is not None:
        yield _only(versions, preferred)

    stable = everything(len(versions)) if pre_releases is PreReleases.ALLOW else _stable(versions)

    if rules.prefer_binary:
        wheels = sum(
            2 << place for place, choice in enumerate(choices) if choice and choice.artifact.is_wheel
        )
        yield wheels & stable

    if pre_releases is not PreReleases.ALLOW:
        yield stable


def _only(versions: Sequence[Version], wanted: Version | None) -> int:
    return sum(2 << place for place, version in enumerate(versions) if version == wanted)


def _stable(versions: Sequence[Version]) -> int:
    return sum(2 << place for place, version in enumerate(versions) if not version.is_prerelease)
