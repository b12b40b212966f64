"""Dependency groups (PEP 735)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import NormalizedName

from tests.project.conftest import texts

if TYPE_CHECKING:
    from tests.project.conftest import Folder


def test_includes_are_resolved_and_keep_where_their_requirements_stand(folder: Folder) -> None:
    groups = folder.project(
        """
        [dependency-groups]
        dev = ["ruff", {include-group = "Type_Check"}, {include-group = "test"}]
        type-check = ["mypy"]
        test = ["pytest", "mypy", {include-group = "type-check"}]
        """
    ).groups

    assert texts(groups[NormalizedName("test")]) == ["pytest", "mypy", "mypy"]
    assert texts(groups[NormalizedName("dev")])[:3] == ["ruff", "mypy", "pytest"]
    assert groups[NormalizedName("dev")][1].origin == "pyproject.toml [dependency-groups.type-check]"


def test_a_thousand_paths_to_one_group_are_one(folder: Folder) -> None:
    layers = [
        f'{side}{level} = [{{include-group = "a{level + 1}"}}, {{include-group = "b{level + 1}"}}]'
        for level in range(60)
        for side in "ab"
    ]
    groups = folder.project("\n".join(["[dependency-groups]", *layers, 'a60 = ["x"]', 'b60 = ["y"]'])).groups

    assert texts(groups[NormalizedName("a0")]) == ["x", "y"]


def test_a_cycle_is_shown_as_a_chain(folder: Folder) -> None:
    refusal = folder.refusal(
        """
        [dependency-groups]
        top = [{include-group = "a"}]
        a = [{include-group = "b"}]
        b = [{include-group = "c"}]
        c = [{include-group = "a"}]
        """
    )

    assert refusal.id == "group-cycle"
    assert "a -> b -> c -> a" in refusal.message


@pytest.mark.parametrize(
    ("text", "reason", "message"),
    [
        ('dev = [{include-group = "dev"}]', "group-cycle", "dev -> dev"),
        ('dev = [{include-group = "tset"}]\ntest = []', "group-unknown", "the group dev includes 'tset'"),
        ("a_b = []\nA-b = []", "group-duplicate", "line 3: the groups a_b and A-b are both called a-b"),
        ('"-x" = []', "group-invalid", "'-x' is not a name for a group"),
        ('dev = ["idna", "a b"]', "group-invalid", "line 2: the group dev holds 'a b', which is not a"),
        ("dev = [3]", "group-invalid", "the group dev holds something else than requirements"),
        ('dev = [{include = "x"}]', "group-invalid", "the group dev holds something else"),
        ("dev = [{include-group = 3}]", "group-invalid", "the group dev holds something else"),
        ('dev = "ruff"', "pyproject-invalid", "dev in [dependency-groups] is 'ruff', a list was expected"),
    ],
)
def test_what_breaks_the_standard_is_refused_by_rule(
    folder: Folder, text: str, reason: str, message: str
) -> None:
    refusal = folder.refusal(f"[dependency-groups]\n{text}\n")

    assert refusal.id == reason
    assert message in refusal.message


def test_an_unknown_include_gets_the_nearest_name(folder: Folder) -> None:
    assert (
        folder.refusal('[dependency-groups]\na = [{include-group = "tset"}]\ntest = []').hint
        == "Is test meant?"
    )
