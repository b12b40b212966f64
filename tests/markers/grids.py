"""Grids for tests: environments by a short name, activations, and grids at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from zephyr.markers.environments import MarkerEnvironment
from zephyr.markers.grid import Grid
from zephyr.markers.platforms import DEFAULT_PLATFORMS, Platform, platform_named
from zephyr.markers.python_ranges import python_ranges
from zephyr.model.universal import BASE, Activation, ActivationKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from zephyr.markers.grid import ConflictSet

ODD_PLATFORMS = (
    *platform_named("linux-i686"),
    Platform("illumos", "posix", "Illumos", "x86_64"),
    Platform("illumos", "nt", "Illumos", "x86_64"),
    Platform("java", "java", "Java", "x86_64"),
    Platform("linux", "posix", "Android", "aarch64"),
)


def extra(name: str) -> Activation:
    return Activation(ActivationKind.EXTRA, name)


def group(name: str) -> Activation:
    return Activation(ActivationKind.GROUP, name)


def environments(
    requires_python: str = ">=3.11",
    platforms: Iterable[Platform] = DEFAULT_PLATFORMS,
    implementations: Sequence[str] = ("cpython",),
    cuts: Iterable[str] = (),
) -> list[MarkerEnvironment]:
    ranges = python_ranges(SpecifierSet(requires_python), map(Version, cuts))

    return [
        MarkerEnvironment(python, platform, implementation)
        for python in ranges
        for platform in platforms
        for implementation in implementations
    ]


def grid(*conflicts: ConflictSet, requires_python: str = ">=3.11") -> Grid:
    return Grid(environments(requires_python), conflicts)


def holds(marker: str | None, environment: MarkerEnvironment, active: Collection[Activation] = ()) -> bool:
    """Evaluate as an installer of lock files does (PEP 751)."""
    names = {kind: {each.name for each in active if each.kind is kind} for kind in ActivationKind}

    return marker is None or Marker(marker).evaluate(
        {
            **environment.markers,
            "extras": names[ActivationKind.EXTRA],
            "dependency_groups": names[ActivationKind.GROUP],
        },
        context="lock_file",
    )


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Any environments at all, in any order, with up to two sets of conflicts that may overlap."""
    whole = environments(
        ">=3.9,!=3.12.*,!=3.13.0",
        (*DEFAULT_PLATFORMS, *ODD_PLATFORMS),
        ("cpython", "pypy"),
        ("3.10.4", "3.10.7", "3.14.2"),
    )
    members = [extra("a"), extra("b"), group("c"), group("d")]
    conflicts = st.lists(st.sampled_from(members), min_size=2, max_size=3, unique=True).map(tuple)

    return Grid(
        draw(st.lists(st.sampled_from(whole), min_size=1, max_size=40, unique=True)),
        draw(st.lists(conflicts, max_size=2)),
    )


@st.composite
def masks(draw: st.DrawFn, of: Grid) -> int:
    """Cells at random, or such as some marker chooses."""
    whole = st.integers(0, of.everything)
    atoms = (
        "sys_platform == 'win32'",
        "platform_machine == 'aarch64'",
        "os_name == 'nt'",
        "implementation_name == 'pypy'",
        "python_full_version < '3.10.7'",
        "python_version >= '3.11'",
        "platform_system == 'Android'",
    )
    chosen = st.sampled_from(atoms).map(of.mask) | st.sampled_from(
        [of.admits(extra("a")), of.admits(group("c"))]
    )
    made = st.recursive(
        chosen | chosen.map(lambda mask: of.everything & ~mask),
        lambda inner: (
            st.tuples(inner, inner).map(lambda two: two[0] & two[1])
            | st.tuples(inner, inner).map(lambda two: two[0] | two[1])
        ),
        max_leaves=5,
    )

    return draw(whole | made)


ACTIVATIONS = (BASE, *map(extra, "abx"), *map(group, "cdy"))
