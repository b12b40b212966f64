"""What the user's requirements and constraints say of each name, gathered before anything is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.specifiers import Specifier, SpecifierSet

from zephyr.errors import UsageError
from zephyr.metadata.package import Package
from zephyr.metadata.requirements import InvalidRootRequirement
from zephyr.solver.provider import Dependency

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName

    from zephyr.metadata.direct import DirectReference
    from zephyr.metadata.requirements import Requirement, RootRequirement
    from zephyr.metadata.target import Target


class ConflictingReferences(UsageError):
    """Raised where two requirements ask for different files of one project by URL."""

    id = "conflicting-urls"


class HashesIncomplete(UsageError):
    """Raised in hash-checking mode for a requirement without hashes or without an exact version."""

    id = "hashes-incomplete"


@dataclass(frozen=True, slots=True)
class Demand:
    """Everything the user says of one name."""

    required: bool = False
    """Asked for by the user, not only constrained."""
    exact: tuple[str, ...] = ()
    """The clauses that pin a version, ``==1.0`` or ``===1.0``: such a version may be yanked."""
    names_pre_release: bool = False
    constraints: tuple[RootRequirement, ...] = ()
    hashes: frozenset[str] = frozenset()
    """``sha256:…`` values of which a file must have one; empty where no hash was given."""
    direct: DirectReference | None = None

    @property
    def has_hashes(self) -> bool:
        """Whether it is said which files are meant, by ``--hash`` or in a direct reference."""
        return bool(self.hashes or (self.direct is not None and self.direct.artifact.hashes))


NOTHING = Demand()


def gather(
    requirements: Sequence[RootRequirement], constraints: Sequence[RootRequirement], target: Target
) -> dict[NormalizedName, Demand]:
    """Return the demand on every name that applies to the target.

    Raises `ConflictingReferences`.
    """
    wanted = [root for root in requirements if applies(root, target)]
    bounds = [root for root in constraints if applies(root, target)]
    names = dict.fromkeys(root.requirement.name for root in (*wanted, *bounds))

    return {name: demand_on(name, wanted, bounds) for name in names}


def applies(root: RootRequirement, target: Target) -> bool:
    """Say whether the marker of a requirement holds; raises `InvalidRootRequirement` for a senseless one."""
    marker = root.requirement.marker

    try:
        return marker is None or target.holds(marker)
    except ValueError as error:
        raise InvalidRootRequirement(f"The marker of {root.label} means nothing here: {error}") from error


@lru_cache(maxsize=1 << 15)
def dependencies_of(requirement: Requirement, label: str | None = None) -> tuple[Dependency, ...]:
    """Return a requirement as the solver sees it: on the base, and on the proxy of every extra."""
    packages = [
        Package(requirement.name),
        *(Package(requirement.name, extra) for extra in requirement.extras),
    ]

    return tuple(Dependency(package, requirement.specifier, label) for package in packages)


def require_hashes(demands: dict[NormalizedName, Demand], roots: Iterable[RootRequirement]) -> None:
    """Check that every requirement is pinned and has hashes; raises `HashesIncomplete`."""
    for root in roots:
        demand = demands[root.requirement.name]

        if not demand.has_hashes:
            raise HashesIncomplete(
                f"No hash is given for {root.label}, and hashes are required",
                hint="Add --hash=sha256:… to its line, or leave --require-hashes out.",
            )

        if not demand.exact and demand.direct is None:
            raise HashesIncomplete(
                f"{root.label} is not pinned, and hashes are required",
                hint="Pin it with ==, so that the hashes belong to one version.",
            )


def demand_on(
    name: NormalizedName, wanted: Sequence[RootRequirement], bounds: Sequence[RootRequirement]
) -> Demand:
    """Return what requirements and constraints, all of which apply, say of a name.

    Raises `ConflictingReferences`.
    """
    mine = [root for root in wanted if root.requirement.name == name]
    constraints = [root for root in bounds if root.requirement.name == name]
    clauses = [
        clause for root in (*mine, *constraints) for clause in SpecifierSet(root.requirement.specifier)
    ]

    return Demand(
        bool(mine),
        tuple(str(clause) for clause in clauses if _is_exact(clause)),
        any(_names_pre_release(clause) for clause in clauses),
        tuple(root for root in constraints if root.requirement.specifier),
        _allowed_hashes((*mine, *constraints)),
        _direct((*mine, *constraints)),
    )


def _is_exact(clause: Specifier) -> bool:
    return clause.operator == "===" or (clause.operator == "==" and not clause.version.endswith(".*"))


def _names_pre_release(clause: Specifier) -> bool:
    return clause.operator != "!=" and clause.prereleases is True


def _allowed_hashes(roots: Iterable[RootRequirement]) -> frozenset[str]:
    """Return the hashes that all roots with hashes agree on.

    Where they agree on none, an entry that no file can have is returned: no hash is not any hash.
    """
    given = [root.hashes for root in roots if root.hashes]

    if not given:
        return frozenset()

    common = set(given[0]).intersection(*given[1:])

    return frozenset(common or {"contradiction:"})


def _direct(roots: Iterable[RootRequirement]) -> DirectReference | None:
    chosen: RootRequirement | None = None

    for root in roots:
        if root.direct is None:
            continue

        if chosen is not None and chosen.direct is not None and chosen.direct.url != root.direct.url:
            raise ConflictingReferences(
                f"{root.requirement.name} is asked for by two different URLs",
                hint="Keep one of them.",
                details=(f"{chosen.direct.url} ({chosen.origin})", f"{root.direct.url} ({root.origin})"),
            )

        chosen = chosen or root

    return chosen.direct if chosen else None
