"""What is asked of a universal resolve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.metadata.request import Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.markers.environments import MarkerEnvironment
    from zephyr.metadata.requirements import RootRequirement
    from zephyr.model.interpreter import Interpreter
    from zephyr.model.universal import Activation


def nothing_preferred(_: MarkerEnvironment) -> Mapping[NormalizedName, Version]:
    """Prefer no version."""
    return {}


@dataclass(frozen=True, slots=True)
class UniversalRequest:
    """One resolve for all environments that a project supports."""

    requirements: Mapping[Activation, tuple[RootRequirement, ...]]
    """What each activation asks for. All that are not in conflict may be on at once."""
    interpreter: Interpreter
    """Asks source archives for their metadata; the answer does not depend on it otherwise."""
    requires_python: SpecifierSet
    constraints: tuple[RootRequirement, ...] = ()
    overrides: tuple[RootRequirement, ...] = ()
    excludes: frozenset[NormalizedName] = frozenset()
    rules: Rules = field(default_factory=Rules)
    ignore_requires_python: bool = False
    """Whether what says that it is not for some Python may be chosen for it all the same."""
    conflicts: tuple[tuple[Activation, ...], ...] = ()
    """Sets of activations of which at most one is on."""
    targets: tuple[Mapping[str, str] | str, ...] = ()
    """Declared environments, see `zephyr.markers.targets`; none for the default ones."""
    package_indexes: Mapping[NormalizedName, tuple[tuple[str, str | None], ...]] = field(
        default_factory=dict["NormalizedName", "tuple[tuple[str, str | None], ...]"]
    )
    """Projects that come from a certain index, by its name, where a marker holds (None: everywhere)."""
    preferred: Callable[[MarkerEnvironment], Mapping[NormalizedName, Version]] = nothing_preferred
    """Versions to keep in an environment where nothing speaks against it."""
