"""The world as far as it is known: the facts that arrived, as answers to the solver's questions.

Facts are only ever added, and never depend on the order of their arrival; whatever is guessed
meanwhile (see `zephyr.metadata.stream`) stays out of here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from zephyr.metadata.amendments import Amendments
from zephyr.metadata.candidates import read_candidates
from zephyr.metadata.demands import NOTHING, gather
from zephyr.metadata.document import Document, UnusableDocument, read_document
from zephyr.metadata.known_documents import KnownDocuments
from zephyr.metadata.package import Package
from zephyr.metadata.reading import Reader
from zephyr.metadata.reasons import InvalidMetadata, MetadataUnavailable
from zephyr.model.artifact import Artifact, Listing
from zephyr.model.releases import DIGEST_SIZE
from zephyr.solver.provider import Unavailable
from zephyr_cache.digest import sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from packaging.utils import NormalizedName

    from zephyr.metadata.candidates import Candidates
    from zephyr.metadata.reasons import Reason
    from zephyr.metadata.request import ResolveRequest
    from zephyr.metadata.target import Target
    from zephyr.solver.provider import Dependency, Universe

Release: TypeAlias = tuple["NormalizedName", int]
"""One version of a project, by its place in the universe."""


class World:
    """Implements `zephyr.solver.provider.Provider` over the facts that were added."""

    def __init__(
        self,
        request: ResolveRequest,
        target: Target,
        amendments: Amendments | None = None,
        known: KnownDocuments | None = None,
    ) -> None:
        self.request = request
        self.target = target
        self._known = known or KnownDocuments()
        self.amendments = amendments or Amendments(request.overrides, request.excludes)
        placed = (root for root in request.overrides if root.direct is not None)
        self.demands = gather(
            tuple(self.amendments.roots(request.requirements)), (*request.constraints, *placed), target
        )
        self.candidates: dict[NormalizedName, Candidates] = {}
        self.documents: dict[Release, Document | Unavailable] = {}
        self.texts: dict[Release, bytes] = {}
        """The METADATA of documents as it was read; those that are known need not be read."""
        self.passed_over: dict[Release, MetadataUnavailable] = {}
        """The versions that would have been taken, had their metadata been there."""
        self._with_extras = {
            root.requirement.name for root in request.requirements if root.requirement.extras
        }
        self.on_considering: Callable[[Package, int, int], None] | None = None
        self._dependencies: dict[tuple[Package, int], Sequence[Dependency] | Unavailable] = {}
        self._reader = Reader(request.rules, target, self.amendments, self.demands)

        for name, demand in self.demands.items():
            if demand.direct is not None:
                self.add_listing(Listing(name, (demand.direct.artifact,)))

    def add_listing(self, listing: Listing) -> Candidates:
        """Take in what an index said of a project; returns the candidates made of it."""
        demand = self.demands.get(listing.name, NOTHING)
        preferred = self.request.preferred.get(listing.name)
        rules, known = self.request.rules, self._known
        candidates = read_candidates(listing, self.target, rules, demand, preferred, known)
        self.candidates[listing.name] = candidates

        return candidates

    def file_describing(self, release: Release) -> Artifact:
        """Return the file whose METADATA speaks for a version that has a usable file."""
        choice = self.candidates[release[0]].choices[release[1]]
        assert choice is not None, "only versions with a usable file are asked for"

        return choice.described_by

    def add_metadata(self, release: Release, raw: bytes) -> None:
        """Take in the METADATA of one version: an invalid one makes the version unavailable."""
        name, place = release
        text = self._version_text(release)
        # What a source says is known by its own words: they may be others after the next build.
        digest = self._digest_describing(release) or sha256(raw)[:DIGEST_SIZE]
        document = self._known.find(name, text, digest)

        if document is None:
            try:
                document = read_document(raw, name, self.candidates[name].versions[place])
            except UnusableDocument as problem:
                self.add_unavailable(release, InvalidMetadata(str(problem)))
                return

            self._known.add(name, text, digest, document)

        self.texts[release] = raw
        self._take(release, document)

    def _recall(self, release: Release) -> Document | Unavailable | None:
        """Return what the METADATA of a version comes to, if it was read before, be it in an earlier run."""
        found = self.documents.get(release)
        digest = self._digest_describing(release) if found is None else None

        if digest is None:
            return found

        document = self._known.find(release[0], self._version_text(release), digest)

        return self._take(release, document) if document is not None else None

    def _take(self, release: Release, document: Document) -> Document | Unavailable:
        mismatch = self.target.python_mismatch(document.requires_python or "")
        found = self.documents[release] = Unavailable(mismatch) if mismatch else document

        return found

    def _digest_describing(self, release: Release) -> bytes | None:
        """Return what tells a wheel apart that speaks for a version; a source says what its build says."""
        candidates = self.candidates[release[0]]
        picked = candidates.choices.picked(release[1])
        assert picked is not None, "only versions with a usable file are asked for"

        if not picked.is_described_by_wheel:
            return None

        return candidates.releases.digest(release[1], picked.described_by)

    def _version_text(self, release: Release) -> str:
        return self.candidates[release[0]].releases.summary.versions[release[1]]

    def is_described(self, release: Release) -> bool:
        """Tell whether METADATA is known, or could only repeat the listing (`trusts_listings`)."""
        return self._recall(release) is not None or self._is_plain(release)

    def _is_plain(self, release: Release) -> bool:
        request, name = self.request, release[0]

        if not (request.trusts_listings and request.rules.no_dependencies) or name in self._with_extras:
            return False

        choice = self.candidates[name].choices[release[1]]

        return choice is not None and choice.artifact.is_wheel and choice.artifact.requires_python is not None

    def forget(self, release: Release) -> None:
        """Let the METADATA of a version not be known in the next run: there is none to be had any more."""
        digest = self._digest_describing(release)

        if digest is not None:
            self._known.forget(release[0], digest)

    def add_unavailable(self, release: Release, reason: Reason) -> None:
        """Take in that one version cannot be used."""
        self.documents[release] = Unavailable(reason)

    def universe(self, package: Hashable) -> Universe | None:
        """Answer the solver: the versions of a project, the same for each of its extras."""
        candidates = self.candidates.get(_package(package).name)

        return None if candidates is None else candidates.universe

    def dependencies(self, package: Hashable, version: int) -> Sequence[Dependency] | Unavailable | None:
        """Answer the solver: what a version requires here; for an extra, what the extra adds."""
        key = (_package(package), version)
        known = self._dependencies.get(key)

        if known is not None:
            return known

        document = self._recall((key[0].name, version))

        if document is None:
            return () if self._is_plain((key[0].name, version)) else None

        if isinstance(document, Unavailable) and isinstance(document.reason, MetadataUnavailable):
            self.passed_over[key[0].name, version] = document.reason

        known = document if isinstance(document, Unavailable) else self._reader.dependencies(key[0], document)
        self._dependencies[key] = known

        return known

    def versions_matching(self, package: Hashable, constraint: Hashable) -> int:
        """Answer the solver: the versions that a specifier set admits."""
        return self.candidates[_package(package).name].matching(str(constraint))

    def same_versions(self, package: Hashable) -> Hashable | None:
        """Answer the solver: an extra has the version of its base."""
        key = _package(package)

        return None if key.extra is None else key.base

    def priority(self, package: Hashable) -> int:
        """Answer the solver: direct references are decided first."""
        return 0 if self.demands.get(_package(package).name, NOTHING).direct is not None else 1

    def considering(self, package: Hashable, candidates: int, tried: int) -> None:
        """Pass on what the solver is about to decide on."""
        if self.on_considering is not None:
            self.on_considering(_package(package), candidates, tried)


def _package(package: Hashable) -> Package:
    assert isinstance(package, Package)

    return package
