"""What the user's requirements and constraints say of each name, gathered before anything is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.errors import UsageError
from zephyr.metadata.meanings import Meanings
from zephyr.metadata.package import Package
from zephyr.metadata.requirements import InvalidRootRequirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName

    from zephyr.metadata.direct import DirectReference
    from zephyr.metadata.requirements import Requirement, RootRequirement
    from zephyr.metadata.target import Target
    from zephyr.solver.provider import Dependency


class ConflictingReferences(UsageError):
    """Raised where two requirements ask for different files of one project by URL."""

    id = "conflicting-urls"


class ConflictingHashes(UsageError):
    """Raised where the hashes that are given for one project leave no file that has one of each."""

    id = "conflicting-hashes"


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

    Raises `ConflictingReferences` and `ConflictingHashes`.
    """
    wanted = [root for root in requirements if applies(root, target)]
    bounds = [root for root in constraints if applies(root, target)]
    names = dict.fromkeys(root.requirement.name for root in (*wanted, *bounds))

    return {name: demand_on(name, wanted, bounds, target.meanings) for name in names}


def applies(root: RootRequirement, target: Target) -> bool:
    """Say whether the marker of a requirement holds; raises `InvalidRootRequirement` for a senseless one."""
    marker = root.requirement.marker

    try:
        return marker is None or target.holds(marker)
    except ValueError as error:
        raise InvalidRootRequirement(f"The marker of {root.label} means nothing here: {error}") from error


def dependencies_of(requirement: Requirement, label: str | None = None) -> tuple[Dependency, ...]:
    """Return a requirement as the solver sees it: on the base, and on the proxy of every extra."""
    from zephyr.solver.provider import Dependency

    name, specifier = requirement.name, requirement.specifier
    base = Dependency(Package(name), specifier, label)

    if not requirement.extras:
        return (base,)

    return (base, *(Dependency(Package(name, extra), specifier, label) for extra in requirement.extras))


def demand_on(
    name: NormalizedName,
    wanted: Sequence[RootRequirement],
    bounds: Sequence[RootRequirement],
    meanings: Meanings | None = None,
) -> Demand:
    """Return what requirements and constraints, all of which apply, say of a name.

    Raises `ConflictingReferences` and `ConflictingHashes`.
    """
    mine = [root for root in wanted if root.requirement.name == name]
    constraints = [root for root in bounds if root.requirement.name == name]
    known = meanings or Meanings()
    named = [known.named(root.requirement.specifier) for root in (*mine, *constraints)]

    return Demand(
        bool(mine),
        tuple(clause for one in named for clause in one.exact),
        any(one.pre_release for one in named),
        tuple(root for root in constraints if root.requirement.specifier),
        _allowed_hashes(mine, constraints),
        _direct((*mine, *constraints)),
    )


def _allowed_hashes(
    mine: Sequence[RootRequirement], constraints: Sequence[RootRequirement]
) -> frozenset[str]:
    """Return the hashes that all roots with hashes agree on, nothing where there are none."""
    given = [root for root in (*mine, *constraints) if root.hashes]

    if not given:
        return frozenset()

    common = given[0].hashes.intersection(*(root.hashes for root in given[1:]))

    if not common:
        raise _conflicting_hashes(given, are_required=any(root.hashes for root in mine))

    return common


def _conflicting_hashes(roots: Sequence[RootRequirement], *, are_required: bool) -> ConflictingHashes:
    said = (
        "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
        if are_required
        else "Hashes are required in --require-hashes mode, but they are missing from some requirements."
    )
    lines = (f"    {root.label}: {', '.join(sorted(root.hashes))}" for root in roots)

    return ConflictingHashes(
        f"The hashes that are given for {roots[0].requirement.name} have none in common",
        hint="A file must have a hash of each line: give all lines the hashes of the same files.",
        details=(said, *lines),
    )


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
