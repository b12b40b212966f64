"""Brute force answers about small worlds, to check the solver against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.world import Package, base_name, meets, parse_dependency
from zephyr.solver.cause import Depends, Required, Restricted, SameVersion, Unusable
from zephyr.solver.version_set import places

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from tests.support.world import World
    from zephyr.solver.proof import Leaf, Proof
    from zephyr.solver.provider import Dependency

Selection = dict[str, str]


def is_valid(world: World, roots: Sequence[str], selection: Mapping[str, str]) -> bool:
    """Say whether a selection meets the roots, and every selected version its own needs."""
    wanted = [parse_dependency(root) for root in roots]

    for name, version in selection.items():
        package = world.packages.get(base_name(name))
        if package is None or version not in package.requires or version in package.unavailable:
            return False

        if any(meets(version, constraint) for constraint, _ in package.restrictions):
            return False

        if base_name(name) != name and selection.get(base_name(name)) != version:
            return False

        wanted += needs(world, name, version)

    return all(_holds(dependency, selection) for dependency in wanted)


def is_minimal(world: World, roots: Sequence[str], selection: Mapping[str, str]) -> bool:
    """Say whether every selected package is reached from the roots."""
    reached: set[str] = set()
    stack = [str(parse_dependency(root).package) for root in roots]

    while stack:
        name = stack.pop()
        if name not in reached:
            reached.add(name)
            stack += [str(dependency.package) for dependency in needs(world, name, selection[name])]
            stack.append(base_name(name))

    return reached == set(selection)


def needs(world: World, name: str, version: str) -> Sequence[Dependency]:
    package = world.packages[base_name(name)]
    if base_name(name) == name:
        return package.requires[version]

    return package.extras[name.partition("[")[2][:-1]].get(version, [])


def is_satisfiable(world: World, roots: Sequence[str]) -> bool:
    """Say whether any selection is valid, by trying them: requirements are met one after the other."""
    return _extend(world, [parse_dependency(root) for root in roots], {})


def _extend(world: World, wanted: list[Dependency], selection: Selection) -> bool:
    open_wants = [dependency for dependency in wanted if str(dependency.package) not in selection]
    if any(not _holds(dependency, selection) for dependency in wanted if dependency not in open_wants):
        return False

    if not open_wants:
        return True

    name = str(open_wants[0].package)
    package = world.packages.get(base_name(name), Package())

    for version in package.versions:
        usable = version not in package.unavailable and not any(
            meets(version, constraint) for constraint, _ in package.restrictions
        )
        same = selection.get(base_name(name), version) == version
        if not usable or not same:
            continue

        further = [*wanted, *needs(world, name, version)]
        extended = {**selection, name: version}
        if base_name(name) != name and base_name(name) not in selection:
            further.append(parse_dependency(f"{base_name(name)} =={version}"))

        if _extend(world, further, extended):
            return True

    return False


def _holds(dependency: Dependency, selection: Mapping[str, str]) -> bool:
    version = selection.get(str(dependency.package))
    return version is not None and meets(version, str(dependency.constraint))


def contradicts_itself(proof: Proof) -> bool:
    """Say whether no assignment at all, of the packages that are named, avoids every leaf of the proof."""
    return not _avoidable([dict(leaf.terms) for leaf in proof.leaves()], list(proof.universes), proof)


def _avoidable(leaves: list[dict[Hashable, int]], names: list[Hashable], proof: Proof) -> bool:
    """Say whether a choice for the named packages makes at least one term of every leaf untrue."""
    if not all(leaves):
        return False

    if not names:
        return True

    name, *rest = names
    for bit in range(len(proof.universes[name].versions) + 1):
        left = [
            {package: term for package, term in leaf.items() if package != name}
            for leaf in leaves
            if leaf.get(name, 1 << bit) >> bit & 1
        ]
        if _avoidable(left, rest, proof):
            return True

    return False


def untrue_leaves(world: World, roots: Sequence[str], proof: Proof) -> Iterator[Leaf]:
    """Yield the leaves of a proof that claim what is not so in the world."""
    return (leaf for leaf in proof.leaves() if not _is_true(world, roots, leaf, proof))


def _is_true(world: World, roots: Sequence[str], leaf: Leaf, proof: Proof) -> bool:
    """Say whether no choice that the world allows would make all terms of the leaf hold."""
    cause = leaf.cause
    terms = {str(name): term for name, term in leaf.terms.items()}

    match cause:
        case Required(requirement):
            written = f"{requirement.package} {requirement.constraint}".strip()
            allowed = world.matching(base_name(str(requirement.package)), str(requirement.constraint))
            return written in roots and not terms.get(str(requirement.package), 0) & allowed
        case Depends(package, requirement):
            stored = world.packages[base_name(str(package))].versions
            target = str(requirement.package)
            refused = terms.get(target, 0) if target != package else 0
            return all(
                any(
                    dependency.package == target
                    and not refused & world.matching(base_name(target), str(dependency.constraint))
                    for dependency in needs(world, str(package), stored[place])
                )
                for place in places(terms[str(package)])
            )
        case Restricted(package, reason):
            rules = world.packages[base_name(str(package))].restrictions
            excluded = {constraint for constraint, text in rules if text == reason}
            return any(
                not terms[str(package)] & ~world.matching(base_name(str(package)), constraint)
                for constraint in excluded
            )
        case Unusable(package, reason):
            read = world.packages[base_name(str(package))]
            return all(
                read.unavailable.get(read.versions[place]) == reason for place in places(terms[str(package)])
            )
        case SameVersion(package, base):
            full = (1 << (len(proof.universes[base].versions) + 1)) - 1
            return base == base_name(str(package)) and terms[str(package)] ^ terms[str(base)] == full
