"""The questions a solver asks: the seam between generic PubGrub and Python packaging.

A *version set* is an ``int`` (see ALGORITHM.md): bit ``i + 1`` stands for the ``i``-th version of
the package's universe, bit 0 for "not selected". A package is any hashable value with a readable
``str``; a version is known to the solver only by its place in the universe.

Answers are facts: they never change during a solve, and ``None`` means "not known yet". The solver
then yields a `Need` and asks again when it is resumed, so what it decides cannot depend on the order
in which facts arrive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from zephyr.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence


@dataclass(frozen=True, slots=True)
class Restriction:
    """Versions that may not be selected, all for one reason (requires-python, yanked, no usable wheel...)."""

    excluded: int
    """The version set it rules out (bit 0 clear)."""
    reason: object
    """Shown by the report through ``str``; equal reasons are merged."""


@dataclass(frozen=True, slots=True)
class Universe:
    """Everything selectable of one package in one solve."""

    versions: Sequence[object]
    """Listed versions, ascending; each has a readable ``str``."""
    restrictions: Sequence[Restriction] = ()
    """In the order in which a report should blame them."""
    preferences: Sequence[int] = ()
    """Version sets, most wanted first: a decision takes the newest version of the first set that
    meets the versions still allowed, else the newest allowed (stable before pre-release, a version
    that is already installed before others)."""
    lowest: bool = False
    """Take the oldest allowed version instead of the newest."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """One requirement of one version, not yet lowered to a version set."""

    package: Hashable
    constraint: Hashable
    """Handed back to `Provider.versions_matching`; equal constraints give equal sets.

    It is hashed for every dependency that is read: a string is much cheaper than a parsed specifier.
    """
    label: str | None = field(default=None, compare=False)
    """How the report names it (``django>=5 (from requirements.txt)``); else by package and constraint."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A version that turned out not to be usable once its metadata was read."""

    reason: object


class Provider(Protocol):
    """What the solver needs to know. All methods are synchronous and cheap."""

    def universe(self, package: Hashable) -> Universe | None:
        """Return the package's universe (empty where the package does not exist), None if not known yet."""
        ...

    def dependencies(self, package: Hashable, version: int) -> Sequence[Dependency] | Unavailable | None:
        """Return what version number ``version`` of the universe requires, None if not known yet.

        Dependencies on the package itself (an extra on its base, say) are allowed: the constraint
        may be any value that `versions_matching` understands.
        """
        ...

    def versions_matching(self, package: Hashable, constraint: Hashable) -> int:
        """Lower ``constraint`` to a version set of ``package`` (bit 0 clear), whose universe is known."""
        ...

    def same_versions(self, package: Hashable) -> Hashable | None:
        """Return the package whose universe this one shares and whose version it must equal, if any.

        An extra ``p[e]`` answers ``p``. The solver then adds the clause pair that ties both, so that
        a conflict is seen without trying versions. A base has no base of its own.
        """
        ...

    def priority(self, package: Hashable) -> int:
        """Return the rank given by kind: lower is decided earlier (0 direct reference, 1 others)."""
        ...

    def considering(self, package: Hashable, candidates: int, tried: int) -> None:
        """Take note that ``candidates`` are still allowed after ``tried`` versions were rejected.

        Called before each decision on ``package``, for prefetching; it may not influence any answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class Need:
    """Facts the solver cannot go on without. It is resumed when all of them are known.

    An empty one is a pause (`Limits.pause`): it may be resumed at once.
    """

    universes: frozenset[Hashable] = frozenset()
    dependencies: frozenset[tuple[Hashable, int]] = frozenset()
