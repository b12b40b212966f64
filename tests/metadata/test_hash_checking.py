"""The rules of hash-checking mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fake_port import interpreter
from zephyr.metadata.demands import gather
from zephyr.metadata.hash_checking import (
    HashesIncomplete,
    HashProblem,
    HashRule,
    problem_of_place,
    require_hashes,
)
from zephyr.metadata.requirements import parse_root
from zephyr.metadata.target import Target
from zephyr.model.source_syntax import parse_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr.metadata.requirements import RootRequirement

TARGET = Target.of(interpreter())
WHEEL = "https://files.example/demo-1.0-py3-none-any.whl"


def check(wanted: Sequence[RootRequirement], bounds: Sequence[RootRequirement] = ()) -> None:
    require_hashes(gather(wanted, bounds, TARGET), wanted)


@pytest.mark.parametrize("text", ["demo==1.0", "demo", "demo>=1", WHEEL])
def test_what_has_a_hash_is_checked_by_it(text: str) -> None:
    check([parse_root(text, "r.txt line 1", hashes=("sha256:aa",))])


def test_a_constraint_can_give_version_and_hash() -> None:
    check(
        [parse_root("demo", "r.txt line 1")], [parse_root("demo==1.0", "c.txt line 1", hashes=("sha256:aa",))]
    )


def test_a_hash_in_the_address_counts() -> None:
    check([parse_root(f"{WHEEL}#sha256={'a' * 64}", "r.txt line 1")])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("demo==1.0", HashRule.MISSING),
        (WHEEL, HashRule.MISSING),
        ("demo", HashRule.UNPINNED),
        ("demo==1.*", HashRule.UNPINNED),
    ],
)
def test_what_has_none_is_told_by_what_it_lacks(text: str, rule: HashRule) -> None:
    with pytest.raises(HashesIncomplete) as raised:
        check([parse_root(text, "r.txt line 1")])

    (problem,) = raised.value.problems
    assert problem.rule is rule
    assert problem.requirement.endswith("(r.txt line 1)")


@pytest.mark.parametrize(
    ("text", "editable", "rule"),
    [
        ("./demo", True, HashRule.EDITABLE),
        ("git+https://git.example/demo", True, HashRule.EDITABLE),
        ("git+https://git.example/demo", False, HashRule.REPOSITORY),
        ("./demo", False, HashRule.FOLDER),
        ("./demo-1.0.tar.gz", False, HashRule.MISSING),
    ],
)
def test_places_are_told_by_their_kind(text: str, editable: bool, rule: HashRule) -> None:
    place = parse_place(text, "r.txt line 2", editable=editable)
    problem = problem_of_place(place, "r.txt line 2", has_hashes=False)

    assert problem is not None
    assert problem.rule is rule


@pytest.mark.parametrize("text", ["./demo-1.0.tar.gz", f"./demo-1.0.tar.gz#sha256={'a' * 64}"])
def test_an_archive_with_a_hash_is_checked_by_it(text: str) -> None:
    place = parse_place(text, "r.txt line 2")

    assert problem_of_place(place, "r.txt line 2", has_hashes="#" not in text) is None


def test_all_problems_are_told_together_the_hardest_first() -> None:
    error = HashesIncomplete(
        [
            HashProblem(HashRule.UNPINNED, "c"),
            HashProblem(HashRule.REPOSITORY, "git+https://git.example/a"),
            HashProblem(HashRule.UNPINNED, "d"),
        ]
    )

    assert error.message == "Hashes are required, and 3 requirements cannot be checked by one"
    assert error.details == (
        HashRule.REPOSITORY.value,
        "    git+https://git.example/a",
        HashRule.UNPINNED.value,
        "    c",
        "    d",
    )
