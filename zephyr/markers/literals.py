"""The values that a marker compares with: what tells environments apart that were one before."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.version import Version

from zephyr.dataclass import dataclass
from zephyr.markers.cuts import cuts_of
from zephyr.markers.environments import IMPLEMENTATION_TITLES
from zephyr.markers.expressions import comparisons, parse_marker

if TYPE_CHECKING:
    from collections.abc import Iterable
_WORD = re.compile(r"[\w.+-]+")
_NO_PLATFORMS = frozenset({"linux2", "linux3", "win64"})
"""What was ``sys.platform`` before Python 3.3, or is mistaken for it; no Python has it now."""
_NO_MACHINES = frozenset({"win32", "WIN32"})
"""What is mistaken for a machine; some of the most used packages name it."""


@dataclass(frozen=True, slots=True)
class Literals:
    """The values that were met, by variable (PEP 508); empty for a marker that cannot be understood."""

    cuts: frozenset[Version] = frozenset()
    """Releases of Python at which the truth changes (`zephyr.markers.cuts`)."""
    sys_platforms: frozenset[str] = frozenset()
    os_names: frozenset[str] = frozenset()
    platform_machines: frozenset[str] = frozenset()
    platform_systems: frozenset[str] = frozenset()
    implementations: frozenset[str] = frozenset()
    """By ``sys.implementation.name``, however they were written."""

    def __or__(self, other: Literals) -> Literals:
        return Literals(
            self.cuts | other.cuts,
            self.sys_platforms | other.sys_platforms,
            self.os_names | other.os_names,
            self.platform_machines | other.platform_machines,
            self.platform_systems | other.platform_systems,
            self.implementations | other.implementations,
        )


NO_LITERALS = Literals()

_NAMES = {title.lower(): name for name, title in IMPLEMENTATION_TITLES.items()}


@lru_cache(maxsize=1 << 14)
def literals_in(marker: str) -> Literals:
    """Return the values that a marker compares its variables with; none for what is no marker."""
    try:
        found = tuple(comparisons(parse_marker(marker)))
    except ValueError:
        return NO_LITERALS

    def values_of(*variables: str) -> Iterable[str]:
        # A value may be a list (sys_platform in "linux darwin").
        return (value for each in found if each.variable in variables for value in _WORD.findall(each.value))

    implementations = values_of("implementation_name", "platform_python_implementation")

    return Literals(
        cuts=frozenset[Version]().union(*(cuts_of(comparison) for comparison in found)),
        sys_platforms=frozenset(values_of("sys_platform")) - _NO_PLATFORMS,
        os_names=frozenset(values_of("os_name")),
        platform_machines=frozenset(values_of("platform_machine")) - _NO_MACHINES,
        platform_systems=frozenset(values_of("platform_system")),
        implementations=frozenset(_NAMES.get(value.lower(), value.lower()) for value in implementations),
    )
