"""From a listing to a universe: the versions of a project, the file chosen for each, and what rules some out.

A version that has no usable file stays in the universe, excluded by a restriction with the reason,
so that the proof of a failure can name it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.metadata.choices import Choices
from zephyr.metadata.demands import NOTHING
from zephyr.metadata.judgement import Judge
from zephyr.metadata.reasons import Constrained, PreReleaseExcluded, Quarantined
from zephyr.metadata.request import PreReleases, ResolutionMode
from zephyr.metadata.verdicts import verdict_of
from zephyr.model.artifact import Listing, ProjectStatus
from zephyr.model.releases import releases_of
from zephyr.solver.provider import Restriction, Universe
from zephyr.solver.version_set import any_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from zephyr.metadata.demands import Demand
    from zephyr.metadata.known_documents import KnownDocuments
    from zephyr.metadata.request import Rules
    from zephyr.metadata.target import Target
    from zephyr.model.releases import Releases


class Candidates:
    """All versions of one project, with the file to use for each. Facts of one resolve: they never change."""

    __slots__ = (
        "_clauses",
        "_specifiers",
        "choices",
        "listing",
        "releases",
        "skipped",
        "universe",
        "versions",
    )

    def __init__(
        self, listing: Listing, releases: Releases, specifiers: dict[str, int] | None = None
    ) -> None:
        """Take what is known already: version sets of ``specifiers``, to which others are added."""
        self.listing = _without_files(listing)
        self.releases = releases
        self.versions = releases.versions
        """Ascending."""
        self.choices = Choices(releases, {})
        """By place in `versions`."""
        self.skipped = releases.unread
        """The number of files whose name or version is not valid."""
        self.universe = Universe(self.versions)
        self._clauses: dict[str, int] = {}
        self._specifiers = specifiers if specifiers is not None else {}
        self._specifiers[""] = any_version(len(self.versions))

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
            from zephyr.metadata.membership import matching_clause

            found = self._clauses[clause] = matching_clause(self.versions, clause)

        return found


def read_candidates(
    listing: Listing,
    target: Target,
    rules: Rules,
    demand: Demand = NOTHING,
    preferred: Version | None = None,
    known: KnownDocuments | None = None,
) -> Candidates:
    """Order a listing's files by version, choose one for each, and state what cannot be used, and why."""
    releases = releases_of(listing)
    specifiers = known.specifiers(listing.name, releases.summary.versions) if known is not None else None
    candidates = Candidates(listing, releases, specifiers)
    kept = _only(candidates.releases, preferred)
    pinned = kept

    for clause in demand.exact:
        pinned |= candidates.matching(clause)

    judge = Judge(listing.name, target, rules, demand)
    # Only of what was yanked does it matter whether it is pinned.
    pinned = pinned if pinned and (judge.looks_at_files or releases.has_yanked) else 0
    verdicts = known.verdicts(listing.name, releases.identity) if known and releases.identity else None
    verdict = verdict_of(releases, judge, target, pinned, verdicts)
    candidates.choices = Choices(releases, verdict.picked)
    candidates.universe = Universe(
        candidates.versions,
        (*verdict.restrictions, *_restrictions_by_rule(candidates, rules, demand, kept)),
        tuple(_preferences(candidates, rules, kept)),
        rules.mode is ResolutionMode.LOWEST
        or (rules.mode is ResolutionMode.LOWEST_DIRECT and demand.required),
    )

    return candidates


def _without_files(listing: Listing) -> Listing:
    return Listing(listing.name, (), listing.index, listing.status, listing.status_reason, listing.skipped)


def _restrictions_by_rule(
    candidates: Candidates, rules: Rules, demand: Demand, kept: int
) -> Iterator[Restriction]:
    """Yield what rules out versions whatever their files are like."""
    listing = candidates.listing
    whole = any_version(len(candidates.versions))

    if listing.status is ProjectStatus.QUARANTINED and whole:
        yield Restriction(whole, Quarantined(listing.status_reason))

    for root in demand.constraints:
        outside = whole & ~candidates.matching(root.requirement.specifier)

        if outside:
            yield Restriction(outside, Constrained(str(root.requirement), root.origin))

    pre_releases = rules.pre_releases_of(listing.name)
    explicit = pre_releases is PreReleases.EXPLICIT and not demand.names_pre_release

    if explicit or pre_releases is PreReleases.DISALLOW:
        unstable = whole & ~candidates.releases.summary.stable & ~kept

        if unstable:
            yield Restriction(unstable, PreReleaseExcluded())


def _preferences(candidates: Candidates, rules: Rules, kept: int) -> Iterator[int]:
    allows_all = rules.pre_releases_of(candidates.listing.name) is PreReleases.ALLOW
    stable = any_version(len(candidates.versions)) if allows_all else candidates.releases.summary.stable

    if kept:
        yield kept

    if rules.prefer_binary:
        yield candidates.choices.wheels & stable

    if not allows_all:
        yield stable


def _only(releases: Releases, wanted: Version | None) -> int:
    """Return the version set of one version, empty where it is not there."""
    place = releases.find(wanted) if wanted is not None else None

    return 0 if place is None else 2 << place
