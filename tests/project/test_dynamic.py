"""Dynamic fields from a build backend's metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.utils import NormalizedName

from tests.project.conftest import texts
from zephyr.project.dynamic import complete_project
from zephyr.project.errors import ToolZephyrInvalid
from zephyr.project.extra_markers import settled

if TYPE_CHECKING:
    from tests.project.conftest import Folder
    from zephyr.project.project import Project

REQUIRES_DIST = (
    "attrs>=20",
    'idna; os_name == "nt"',
    'click; extra == "cli"',
    'rich; (os_name == "nt" or os_name == "java") and extra == "cli"',
    'pytest; extra == "test" or extra == "cli"',
    'demo[cli]; extra == "all"',
)


def completed(project: Project) -> Project:
    return complete_project(
        project,
        version="2.0",
        requires_python=">=3.12",
        requires_dist=REQUIRES_DIST,
        extras=("cli", "test", "all"),
    )


def test_dynamic_requirements_are_told_apart_by_extra(folder: Folder) -> None:
    project = completed(folder.demo('dynamic = ["dependencies", "optional-dependencies"]'))

    assert texts(project.dependencies) == ["attrs>=20", 'idna; os_name == "nt"']
    assert {extra: texts(held) for extra, held in project.optional_dependencies.items()} == {
        "cli": ["click", 'rich; os_name == "nt" or os_name == "java"', "pytest"],
        "test": ["pytest"],
        "all": ["click", 'rich; os_name == "nt" or os_name == "java"', "pytest"],
    }
    assert project.dynamic == frozenset()


def test_static_fields_stay_as_they_are_stated(folder: Folder) -> None:
    project = completed(folder.demo('dependencies = ["trio"]\ndynamic = ["optional-dependencies"]'))

    assert (project.version, project.requires_python) == ("1.0", None)
    assert texts(project.dependencies) == ["trio"]
    assert set(project.optional_dependencies) == {"cli", "test", "all"}


def test_version_and_requires_python_can_be_dynamic(folder: Folder) -> None:
    project = completed(
        folder.project('[project]\nname = "demo"\ndynamic = ["version", "requires-python"]\n')
    )

    assert (project.version, project.requires_python) == ("2.0", ">=3.12")


def test_groups_that_require_the_project_are_worked_out_then(folder: Folder) -> None:
    text = 'dynamic = ["dependencies", "optional-dependencies"]\n[dependency-groups]\ndev = ["demo[test]"]'

    assert texts(completed(folder.demo(text)).groups[NormalizedName("dev")]) == [
        "attrs>=20",
        'idna; os_name == "nt"',
        "pytest",
    ]


def test_a_conflict_of_an_extra_that_there_is_not_is_refused_then(folder: Folder) -> None:
    project = folder.demo(
        """
        dynamic = ["optional-dependencies"]
        [tool.zephyr]
        conflicts = [[{ extra = "cli" }, { extra = "tset" }]]
        """
    )

    with pytest.raises(ToolZephyrInvalid, match="the extra tset") as raised:
        completed(project)

    assert raised.value.hint == "Is test meant?"


COMPARISONS = st.sampled_from(
    [
        'extra == "a"',
        '"a" == extra',
        'extra != "b"',
        'os_name == "nt"',
        "os_name not in 'nt java'",
        'sys_platform in "linux or darwin (and more)"',
    ]
)
MARKERS = st.recursive(
    COMPARISONS,
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=8,
)


@given(
    MARKERS,
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["nt", "java", "posix"]),
    st.sampled_from(["linux", "or", "win32"]),
)
def test_what_is_left_of_a_marker_says_the_same(marker: str, extra: str, os_name: str, platform: str) -> None:
    environment = {"os_name": os_name, "sys_platform": platform}
    left = settled(Marker(marker), extra)

    assert "extra" not in str(left)
    assert (Marker(left).evaluate(environment) if isinstance(left, str) else left) is Marker(marker).evaluate(
        {**environment, "extra": extra}
    )
