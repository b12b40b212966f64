"""Why an incompatibility holds: one class per reason, and no other reasons.

Everything but `Derived` is *external*: it comes from the world and not from thinking. Reports and
hints walk these values, so they name packages by the caller's own keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Hashable

    from zephyr.solver.incompatibility import Incompatibility
    from zephyr.solver.provider import Dependency


@dataclass(frozen=True, slots=True)
class Required:
    """The caller requires it: ``{not q in T}``."""

    requirement: Dependency


@dataclass(frozen=True, slots=True)
class Depends:
    """Versions of one package depend on another: ``{p in S, not q in T}``."""

    package: Hashable
    requirement: Dependency
    """As the first of the versions wrote it."""
    uniform: bool = True
    """False where other versions wrote it otherwise and mean the same version set."""


@dataclass(frozen=True, slots=True)
class Restricted:
    """A rule excludes versions before anything is read: ``{p in S}``."""

    package: Hashable
    reason: object


@dataclass(frozen=True, slots=True)
class Unusable:
    """Versions turned out to be unavailable once their metadata was read: ``{p in S}``."""

    package: Hashable
    reason: object


@dataclass(frozen=True, slots=True)
class SameVersion:
    """A package has the version of another one, an extra that of its base: ``{x in S, not p in S}``."""

    package: Hashable
    base: Hashable


@dataclass(frozen=True, slots=True)
class Derived:
    """It follows from two others, by resolving them on one package."""

    conflict: Incompatibility
    other: Incompatibility


External: TypeAlias = Required | Depends | Restricted | Unusable | SameVersion
Cause: TypeAlias = External | Derived
