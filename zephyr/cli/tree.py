"""``zephyr tree``: what needs what in a lock."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

from zephyr.cli.activation import activations_of
from zephyr.cli.context import cache_location, output_of
from zephyr.cli.lock_options import ActivationOptions, LockTargetOptions
from zephyr.cli.option_groups import argument, command, option
from zephyr.cli.options import CacheOptions, OutputOptions
from zephyr.errors import UsageError
from zephyr.model.universal import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.pylock import Package, Pylock

    from zephyr.cli.output import Output
    from zephyr.lock.tree import Branch, DependencyGraph
    from zephyr.model.universal import Activation

LINES = ("│   ", "    ", "├── ", "└── ")
ASCII_LINES = ("|   ", "    ", "|-- ", "`-- ")


@command
def tree(
    activation: ActivationOptions,
    target: LockTargetOptions,
    cache: CacheOptions,
    output: OutputOptions,
    file: Annotated[str | None, argument(metavar="FILE", help="A lock; the project's by default.")] = None,
    package: Annotated[
        list[str] | None, option("--package", metavar="NAME", help="Only the tree of this package.")
    ] = None,
    invert: Annotated[
        bool, option("--invert", "--reverse", help="What needs a package, instead of what it needs.")
    ] = False,
    depth: Annotated[
        int | None, option("--depth", "-d", metavar="N", min=0, help="So many levels below the first.")
    ] = None,
    universal: Annotated[
        bool, option("--universal", help="For all environments, extras and groups together.")
    ] = False,
    json: Annotated[bool, option("--json", help="As JSON.")] = False,
) -> None:
    """Show what needs what in the project's lock."""
    from zephyr.lock.reading import read_lock
    from zephyr.lock.tree import branches, positions_named
    from zephyr.pipeline.lock_target import lock_path

    say = output_of(output)
    path = lock_path(file, os.getcwd())
    lock = read_lock(path)

    for warning in lock.warnings:
        say.warn(warning)

    if universal:
        refuse_narrowing(activation, target)
        graph = universal_graph(lock.document)
    else:
        graph = graph_here(lock.document, path, activation, target, cache, say)

    graph = graph.inverted() if invert else graph
    roots = positions_named(graph, lock.document, package) if package else graph.roots
    lines = tuple(branches(graph, roots, depth))

    if json:
        say.result_json(as_json(graph, roots, lines, inverted=invert))
    else:
        show(graph, lines, say, inverted=invert, with_markers=universal)


def refuse_narrowing(activation: ActivationOptions, target: LockTargetOptions) -> None:
    """Raise `UsageError` for options that choose some of everything."""
    if activation != ActivationOptions() or target != LockTargetOptions():
        raise UsageError(
            "--universal shows every environment, extra and group: it excludes the options that choose some",
            hint="Leave --universal out.",
            id="conflicting-options",
        )


def universal_graph(document: Pylock) -> DependencyGraph:
    """Return how all entries depend on each other."""
    from zephyr.lock.tree import dependency_graph

    return dependency_graph(document, document.packages)


def graph_here(
    document: Pylock,
    path: str,
    activation: ActivationOptions,
    target: LockTargetOptions,
    cache: CacheOptions,
    output: Output,
) -> DependencyGraph:
    """Return how the entries depend on each other that apply in one environment."""
    from zephyr.environments.surroundings import Surroundings
    from zephyr.lock.activation import activate
    from zephyr.lock.tree import dependency_graph
    from zephyr.pipeline.cache import open_cache
    from zephyr.pipeline.lock_target import lock_target

    on = activations_of(activation, document)

    with open_cache(cache_location(cache), output.warn) as store:
        surroundings = Surroundings(os.getcwd(), os.environ, store)
        meant = lock_target(document, path, target.python_version, target.platform, surroundings)

    active = activate(document, meant.markers, on.extras, on.groups)
    packages = [package for package in document.packages if active.holds(package.marker, package.name)]

    return dependency_graph(document, packages, on.values, meant.markers)


def show(
    graph: DependencyGraph, lines: Sequence[Branch], output: Output, *, inverted: bool, with_markers: bool
) -> None:
    """Print the trees."""
    glyphs = LINES if output.can_show("".join(LINES)) else ASCII_LINES

    for line in lines:
        package = graph.packages[line.position]
        labels = labels_of(graph.required_by[line.position], inverted=inverted)
        marker = f" ; {package.marker}" if with_markers and package.marker is not None else ""
        repeated = " (*)" if line.is_repeated else ""
        output.result(f"{trunk_of(line, glyphs)}{shown(package)}{marker}{labels}{repeated}", always=True)

    if any(line.is_repeated for line in lines):
        output.say("(*) What is below it was shown before.")


def labels_of(askers: Sequence[Activation], *, inverted: bool) -> str:
    """Return who asks for an entry; that the project itself does is news only where trees end with it."""
    if BASE in askers and not inverted:
        return ""

    return "".join(f" ({asker})" for asker in askers)


def trunk_of(line: Branch, glyphs: Sequence[str]) -> str:
    """Return what leads from the root to a line."""
    more, no_more, fork, end = glyphs

    if not line.trunk:
        return ""

    *above, is_last = line.trunk

    return "".join(no_more if last else more for last in above) + (end if is_last else fork)


def shown(package: Package) -> str:
    """Return an entry as a person knows it: its name, its version and its place."""
    version = f" {package.version}" if package.version is not None else ""
    source = package.vcs or package.directory or package.archive
    place = f" ({source.path or getattr(source, 'url', None)})" if source is not None else ""

    return f"{package.name}{version}{place}"


def as_json(
    graph: DependencyGraph, roots: Sequence[int], lines: Iterable[Branch], *, inverted: bool
) -> dict[str, Any]:
    """Return the entries that trees show, by ids that mean something in this document only."""
    positions = sorted({line.position for line in lines})
    kept = set(positions)
    leads_to = "dependents" if inverted else "dependencies"

    return {
        "inverted": inverted,
        "roots": list(roots),
        "packages": [
            {
                "id": position,
                "name": graph.packages[position].name,
                "version": optional_text(graph.packages[position].version),
                "marker": optional_text(graph.packages[position].marker),
                "required_by": [str(asker) for asker in graph.required_by[position]],
                leads_to: [target for target in graph.edges[position] if target in kept],
            }
            for position in positions
        ],
    }


def optional_text(value: object) -> str | None:
    """Return ``value`` as text, None for none."""
    return None if value is None else str(value)
