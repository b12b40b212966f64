"""Hash-checking mode: every file is one that the user named by its digest, or nothing is installed.

The rules are pip's, and so are the sentences that people search for and scripts look out for. All that
breaks a rule is told at once, before anything is fetched.
"""

from __future__ import annotations

from enum import Enum
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.errors import UsageError
from zephyr.model.source_reference import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from zephyr.metadata.demands import Demand
    from zephyr.metadata.requirements import RootRequirement
    from zephyr.model.source_reference import SourceReference


class HashRule(Enum):
    """What a requirement lacks; the hardest to mend first."""

    EDITABLE = (
        "Editable requirements cannot be installed when requiring hashes, because there is no single file"
        " to hash:"
    )
    REPOSITORY = (
        "Can't verify hashes for these requirements because we don't have a way to hash version control"
        " repositories:"
    )
    FOLDER = "Can't verify hashes for these file:// requirements because they point to directories:"
    MISSING = (
        "Hashes are required in --require-hashes mode, but they are missing from some requirements. Here:"
    )
    UNPINNED = (
        "In --require-hashes mode, all requirements must have their versions pinned with ==. These do not:"
    )


_RULES = list(HashRule)


@dataclass(frozen=True, slots=True)
class HashProblem:
    """One requirement that breaks a rule."""

    rule: HashRule
    requirement: str
    """As it is shown, with where it stands."""


class HashesIncomplete(UsageError):
    """Raised in hash-checking mode for requirements that cannot be checked."""

    id = "hashes-incomplete"
    exit_code = 1  # as pip's

    def __init__(self, problems: Iterable[HashProblem]) -> None:
        """``problems``: at least one."""
        self.problems = tuple(sorted(problems, key=lambda problem: _RULES.index(problem.rule)))
        count = len(self.problems)
        culprits = self.problems[0].requirement if count == 1 else f"{count} requirements"
        super().__init__(
            f"Hashes are required, and {culprits} cannot be checked by one",
            hint="Add --hash=sha256:… to the lines, or leave out --require-hashes and all hashes"
            " (one turns checking on for everything).",
            details=tuple(_told(self.problems)),
        )


def _told(problems: Iterable[HashProblem]) -> Iterator[str]:
    for rule, those in groupby(problems, key=attrgetter("rule")):
        yield rule.value
        yield from (f"    {problem.requirement}" for problem in those)


def problem_of_root(root: RootRequirement, demand: Demand) -> HashProblem | None:
    """Return what keeps a requirement from being checked; ``demand`` is all that is said of its name.

    Where hashes are given they say which file is meant, with or without a version.
    """
    if demand.has_hashes:
        return None

    is_pinned = demand.exact or demand.direct is not None

    return HashProblem(HashRule.MISSING if is_pinned else HashRule.UNPINNED, root.label)


def problem_of_place(reference: SourceReference, origin: str, *, has_hashes: bool) -> HashProblem | None:
    """Return what keeps a place from being checked; ``has_hashes`` counts those of options alone."""
    shown = f"{reference.shown} ({origin})"

    if reference.editable:
        return HashProblem(HashRule.EDITABLE, shown)

    if reference.kind is SourceKind.GIT:
        return HashProblem(HashRule.REPOSITORY, shown)

    if reference.kind is SourceKind.LOCAL_FOLDER:
        return HashProblem(HashRule.FOLDER, shown)

    return None if has_hashes or reference.hashes else HashProblem(HashRule.MISSING, shown)


def require_hashes(demands: Mapping[NormalizedName, Demand], roots: Iterable[RootRequirement]) -> None:
    """Check that every requirement has hashes; raises `HashesIncomplete` with all that have none."""
    found = (problem_of_root(root, demands[root.requirement.name]) for root in roots)
    problems = [problem for problem in found if problem is not None]

    if problems:
        raise HashesIncomplete(problems)
