"""Requirements of a project on itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import NormalizedName

from tests.project.conftest import texts

if TYPE_CHECKING:
    from tests.project.conftest import Folder


def test_an_extra_of_the_project_is_what_the_extra_holds(folder: Folder) -> None:
    extras = folder.demo(
        """
        [project.optional-dependencies]
        all = ["Demo[cli,test]", "rich"]
        cli = ["click"]
        test = ["pytest", "demo[cli]"]
        """
    ).optional_dependencies

    assert texts(extras[NormalizedName("all")]) == ["click", "pytest", "rich"]
    assert extras[NormalizedName("all")][0].origin == "pyproject.toml [project.optional-dependencies.cli]"


def test_the_condition_of_the_requirement_is_one_of_all_that_it_stands_for(folder: Folder) -> None:
    extras = folder.demo(
        """
        [project.optional-dependencies]
        all = ["demo[cli]; os_name == 'nt'"]
        cli = ["click; python_version < '3.12' or extra == 'x'", "idna"]
        """
    ).optional_dependencies

    assert texts(extras[NormalizedName("all")]) == [
        'click; os_name == "nt" and (python_version < "3.12" or extra == "x")',
        'idna; os_name == "nt"',
    ]


def test_extras_that_lead_back_to_themselves_end(folder: Folder) -> None:
    extras = folder.demo(
        """
        [project.optional-dependencies]
        a = ["demo[b]", "x"]
        b = ["demo[a,b]", "y"]
        """
    ).optional_dependencies

    assert texts(extras[NormalizedName("a")]) == ["y", "x"]
    assert texts(extras[NormalizedName("b")]) == ["x", "y"]


def test_a_thousand_ways_to_one_extra_are_one(folder: Folder) -> None:
    layers = [f'{side}{level} = ["demo[a{level + 1},b{level + 1}]"]' for level in range(60) for side in "ab"]
    extras = folder.demo(
        "\n".join(["[project.optional-dependencies]", *layers, 'a60 = ["x"]', 'b60 = ["y"]'])
    ).optional_dependencies

    assert texts(extras[NormalizedName("a0")]) == ["x", "y"]


def test_dependencies_can_take_an_extra_in(folder: Folder) -> None:
    project = folder.demo('dependencies = ["demo[cli]"]\noptional-dependencies.cli = ["click"]\n')

    assert texts(project.dependencies) == ["click"]


def test_a_group_that_requires_the_project_has_its_dependencies(folder: Folder) -> None:
    project = folder.demo(
        """
        dependencies = ["attrs"]
        optional-dependencies = { cli = ["click"], all = ["demo"] }
        [dependency-groups]
        test = ["pytest", "demo[cli]"]
        plain = ["demo"]
        """
    )

    assert texts(project.groups[NormalizedName("test")]) == ["pytest", "attrs", "click"]
    assert texts(project.groups[NormalizedName("plain")]) == ["attrs"]
    assert project.optional_dependencies[NormalizedName("all")] == ()


def test_a_plain_requirement_on_itself_is_refused(folder: Folder) -> None:
    refusal = folder.demo_refusal('dependencies = ["attrs", "DEMO>=1"]')

    assert refusal.id == "project-depends-on-itself"
    assert "The project demo requires itself: 'DEMO>=1'" in refusal.message


@pytest.mark.parametrize(
    "text",
    [
        'dependencies = ["demo[tset]"]\noptional-dependencies.test = []',
        'optional-dependencies = { test = [], all = ["demo[tset]"] }',
        'optional-dependencies.test = []\n[dependency-groups]\ndev = ["demo[tset]"]',
    ],
)
def test_an_extra_that_the_project_does_not_have_is_named_with_the_nearest(folder: Folder, text: str) -> None:
    refusal = folder.demo_refusal(text)

    assert (refusal.id, refusal.hint) == ("extra-unknown", "Is test meant?")
    assert "pyproject.toml [" in refusal.message


def test_what_is_dynamic_is_not_looked_into(folder: Folder) -> None:
    project = folder.demo('dynamic = ["optional-dependencies"]\n[dependency-groups]\ndev = ["demo[cli]"]')

    assert texts(project.groups[NormalizedName("dev")]) == ["demo[cli]"]
