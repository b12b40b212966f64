"""Why there is no solution, for a person: the proof in words, and hints that come of its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import ZephyrError
from zephyr.metadata.package import Package
from zephyr.metadata.reasons import (
    BuildExcluded,
    HashMissing,
    HashNotAllowed,
    NoCompatibleWheel,
    PreReleaseExcluded,
    PythonMismatch,
    TooNew,
    TransitiveReference,
    Yanked,
)
from zephyr.solver.cause import Depends, Required, Restricted, Unusable
from zephyr.solver.report import render
from zephyr.solver.version_set import newest, oldest

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from packaging.utils import NormalizedName

    from zephyr.metadata.candidates import Candidates
    from zephyr.metadata.world import World
    from zephyr.solver.errors import NoSolution
    from zephyr.solver.proof import Leaf, Proof
    from zephyr.solver.provider import Dependency

_MOST_HINTS = 3


class ResolutionError(ZephyrError):
    """Raised where the requirements cannot be met together.

    ``details`` are the lines of the proof in words, put together when somebody asks; ``proof`` is the proof.
    """

    id = "no-solution"

    def __init__(
        self, proof: Proof, hints: tuple[str, ...], message: str = "No versions satisfy all requirements"
    ) -> None:
        super().__init__(message, hint="\n".join(hints) or None)
        self.proof = proof
        self.hints = hints

    def explanation(self) -> tuple[str, ...]:
        """Return the lines of the proof."""
        return render(self.proof)


def explained(failure: NoSolution, world: World) -> ResolutionError:
    """Put the proof into words, with at most three hints, in the order of its facts."""
    hints = dict.fromkeys(hint for leaf in failure.proof.leaves() for hint in _hints(leaf, world))

    return ResolutionError(failure.proof, tuple(hints)[:_MOST_HINTS])


def _hints(leaf: Leaf, world: World) -> Iterator[str]:
    match leaf.cause:
        case Required(requirement) | Depends(_, requirement):
            if requirement.package not in leaf.terms:
                yield _nothing_meets(requirement, world)
        case Restricted(package, reason) | Unusable(package, reason):
            hint = _way_round(package, leaf.terms[package], reason, world)

            if hint is not None:
                yield hint
        case _:
            return


def _nothing_meets(requirement: Dependency, world: World) -> str:
    """Say what there is instead of the version that nothing provides."""
    name, candidates = _candidates(requirement.package, world)

    if candidates.versions:
        first, last = candidates.versions[0], candidates.versions[-1]
        there_is = f"the only version is {last}" if first == last else f"the versions are {first} to {last}"

        return f"No version of {name} meets {requirement.constraint}; {there_is}."

    if candidates.skipped or candidates.listing.skipped:
        return f"{name} has files, but none with a valid name and version."

    return f"No index that was asked knows {name}. Check how it is spelled, or name the index that has it."


def _way_round(package: Hashable, versions: int, reason: object, world: World) -> str | None:
    """Say what the user could do about an exclusion, if anything."""
    name, candidates = _candidates(package, world)

    match reason:
        case NoCompatibleWheel(platform):
            shown = _shown(candidates, versions)
            newest_usable = _newest_usable(candidates, "that has one")
            return f"{name} {shown} has no wheel for this platform ({platform}){newest_usable}."
        case BuildExcluded():
            shown = _shown(candidates, versions)
            return f"{name} {shown} would have to be built{_newest_usable(candidates)}."
        case PythonMismatch(requires, python):
            shown = _shown(candidates, versions)
            return (
                f"{name} {shown} requires Python {requires}, this environment is {python}"
                f"{_newest_usable(candidates)}."
            )
        case Yanked():
            return f"Only yanked releases of {name} match; to use one all the same, pin it with ==."
        case PreReleaseExcluded():
            return f"Only pre-releases of {name} match; allow them with --pre."
        case TooNew(cutoff):
            return f"{name} {_shown(candidates, versions)} is kept out by --exclude-newer {cutoff}."
        case HashMissing():
            return (
                "In --require-hashes mode, all requirements must have their versions pinned with ==, and a"
                f" hash: give {name} a line with both."
            )
        case HashNotAllowed(found):
            return _hash_mismatch(name, found, world)
        case TransitiveReference(requirement):
            return f"If you trust it, require {requirement} yourself, with the same URL."
        case _:
            return None


def _hash_mismatch(name: NormalizedName, found: str, world: World) -> str:
    expected = sorted(world.demands[name].hashes)
    lines = [
        "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
        f"{name}: expected {' or '.join(expected)}",
        *([f"got: {found}"] if found else []),
    ]

    return "\n".join(lines)


def _candidates(package: Hashable, world: World) -> tuple[NormalizedName, Candidates]:
    assert isinstance(package, Package)

    return package.name, world.candidates[package.name]


def _shown(candidates: Candidates, versions: int) -> str:
    first, last = candidates.versions[oldest(versions)], candidates.versions[newest(versions)]

    return str(last) if first == last else f"{first} to {last}"


def _newest_usable(candidates: Candidates, which: str = "version that can be used") -> str:
    place = candidates.choose(candidates.usable)

    return "" if place is None else f"; the newest {which} is {candidates.versions[place]}"
