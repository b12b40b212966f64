"""The dependency tree of a lock: which entry needs which, from what the project itself asks for.

An entry's ``dependencies`` do not say for which extra or platform one is needed. Of the entries that apply,
a tree may therefore show one below another that needs it only elsewhere; it never leaves one out.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from zephyr.dataclass import dataclass
from zephyr.errors import UsageError
from zephyr.lock.entries import is_project
from zephyr.lock.group_closure import known_requirements
from zephyr.lock.inputs import locked_inputs
from zephyr.lock.requirement_names import required_names
from zephyr.model.names import canonicalize_name
from zephyr.model.universal import BASE, Activation, ActivationKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from packaging.pylock import Package, Pylock

    Edges = Sequence[Collection[int]]


@dataclass(frozen=True, slots=True)
class DependencyGraph:
    """Entries of a lock, and by their positions what leads where."""

    packages: tuple[Package, ...]
    edges: tuple[tuple[int, ...], ...]
    """To what each entry needs, or in an inverted graph to what needs it; sorted."""
    required_by: tuple[tuple[Activation, ...], ...]
    """What asks for each entry, itself and not through the entry of the project."""
    asked: tuple[int, ...] = ()
    """Where trees begin: the project, or what it asks for, then what groups ask for."""

    @property
    def roots(self) -> tuple[int, ...]:
        """Where trees begin so that every entry is in one: what is asked for, then what that does not reach.

        Of the latter those come first that nothing leads to, then one of each cycle.
        """
        reached = reachable(self.edges, self.asked)
        roots = [*self.asked]
        led_to = {target for targets in self.edges for target in targets}

        for position in sorted(range(len(self.packages)), key=lambda position: position in led_to):
            if position not in reached:
                reached |= reachable(self.edges, (position,))
                roots.append(position)

        return tuple(roots)

    def inverted(self) -> DependencyGraph:
        """Return the graph whose edges lead the other way, and whose trees begin with what needs nothing."""
        edges: list[list[int]] = [[] for _ in self.packages]

        for position, targets in enumerate(self.edges):
            for target in targets:
                edges[target].append(position)

        return DependencyGraph(self.packages, tuple(map(tuple, edges)), self.required_by)


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of a tree."""

    position: int
    """Of the entry."""
    trunk: tuple[bool, ...]
    """For each level from below the root to this line: whether it is the last one there."""
    is_repeated: bool
    """Whether what is below it was shown before, and is left out."""


def dependency_graph(
    document: Pylock,
    packages: Sequence[Package],
    active: Collection[Activation] | None = None,
    markers: Mapping[str, str] | None = None,
) -> DependencyGraph:
    """Return how ``packages``, entries of ``document``, depend on each other.

    ``active`` and ``markers`` say which of the project's requirements count; None for all of them. Without
    the project's own among ``active`` only what the others need is in the graph: `RequirementsUnknown` is
    raised for a lock of another tool, which does not say that.
    """
    positions = _positions(packages)
    edges = [_targets(package, packages, positions) - {position} for position, package in enumerate(packages)]
    askers = _askers(document, packages, active, markers)
    project: int | None = None

    if active is None or BASE in active:
        project = next((position for position, each in enumerate(packages) if is_project(each)), None)
    else:
        known_requirements(document)
        kept = sorted(reachable(edges, [position for position, by in enumerate(askers) if by]))

        if len(kept) < len(packages):
            return dependency_graph(document, [packages[position] for position in kept], active, markers)

    if project is not None:
        edges[project] |= {position for position, by in enumerate(askers) if not all(map(_is_group, by))}
        askers = [by - {BASE} for by in askers]

    asked = [
        position
        for position, by in enumerate(askers)
        if position == project or any(project is None or _is_group(each) for each in by)
    ]

    return DependencyGraph(
        tuple(packages),
        tuple(tuple(sorted(targets)) for targets in edges),
        tuple(tuple(sorted(by, key=str)) for by in askers),
        tuple(sorted(asked, key=lambda position: (position != project, BASE not in askers[position]))),
    )


class PackageUnknown(UsageError):
    """A package is asked for that is not in the tree."""

    id = "package-not-in-lock"


def positions_named(graph: DependencyGraph, document: Pylock, names: Collection[str]) -> tuple[int, ...]:
    """Return the entries of the graph by their names; raise `PackageUnknown` with the nearest name."""
    known = _positions(graph.packages)

    for name in map(canonicalize_name, names):
        if name not in known:
            raise _unknown(name, known, any(package.name == name for package in document.packages))

    return tuple(position for name in map(canonicalize_name, names) for position in known[name])


def _unknown(name: str, known: Collection[str], is_in_lock: bool) -> PackageUnknown:
    if is_in_lock:
        return PackageUnknown(
            f"{name} is in the lock, but not for this environment with these extras and groups",
            hint="Look for it with --universal.",
        )

    import difflib

    nearest = difflib.get_close_matches(name, known, n=1)

    return PackageUnknown(
        f"The lock has no {name!a}", hint=f"Is {nearest[0]} meant?" if nearest else "Look at zephyr tree."
    )


def branches(graph: DependencyGraph, roots: Sequence[int], depth: int | None = None) -> Iterator[Branch]:
    """Yield the lines of the trees that begin with ``roots``, ``depth`` levels below them at most.

    What is below an entry is shown once; so a cycle ends where it closes.
    """
    stack: list[tuple[int, tuple[bool, ...]]] = [(root, ()) for root in reversed(roots)]
    shown: set[int] = set()

    while stack:
        position, trunk = stack.pop()
        targets = graph.edges[position] if depth is None or len(trunk) < depth else ()
        is_repeated = bool(targets) and position in shown

        yield Branch(position, trunk, is_repeated)

        if targets and not is_repeated:
            shown.add(position)
            last = targets[-1]
            stack += [(target, (*trunk, target == last)) for target in reversed(targets)]


def reachable(edges: Edges, begin: Collection[int]) -> set[int]:
    """Return the positions that ``edges`` lead to from ``begin``, those included."""
    pending = list(begin)
    reached: set[int] = set()

    while pending:
        position = pending.pop()

        if position not in reached:
            reached.add(position)
            pending += edges[position]

    return reached


def _askers(
    document: Pylock,
    packages: Sequence[Package],
    active: Collection[Activation] | None,
    markers: Mapping[str, str] | None,
) -> list[set[Activation]]:
    """Return what asks for each entry, by what the lock was made from; nothing where that is not known."""
    inputs = locked_inputs(document)
    askers: list[set[Activation]] = [set() for _ in packages]
    positions = _positions(packages)

    for activation, requirements in inputs.requirements.items() if inputs is not None else ():
        if active is None or activation in active:
            for text in requirements:
                for name in required_names(text, packages, markers):
                    for position in positions.get(name, ()):
                        askers[position].add(activation)

    return askers


def _positions(packages: Sequence[Package]) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = defaultdict(list)

    for position, package in enumerate(packages):
        positions[package.name].append(position)

    return positions


def _targets(
    package: Package, packages: Sequence[Package], positions: Mapping[str, Sequence[int]]
) -> set[int]:
    """Return what an entry needs; of several entries of a name those that a dependency tells, if any."""
    found: set[int] = set()

    for dependency in package.dependencies or ():
        named = positions.get(str(dependency.get("name")), ())
        found.update([each for each in named if _is_told(dependency, packages[each])] or named)

    return found


def _is_told(dependency: Mapping[str, Any], package: Package) -> bool:
    """Return whether an entry has what a dependency says besides its name (PEP 751)."""
    match dependency:
        case {"directory": {"path": path}}:
            return package.directory is not None and package.directory.path == str(path)
        case {"version": version}:
            return str(package.version) == str(version)
        case _:
            return True


def _is_group(activation: Activation) -> bool:
    return activation.kind is ActivationKind.GROUP
