"""What a pyproject.toml states, and how it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import NormalizedName

from tests.project.conftest import texts
from zephyr.project.errors import PyprojectInvalid, PyprojectMissing
from zephyr.project.reading import read_project

if TYPE_CHECKING:
    from tests.project.conftest import Folder


def test_a_project_is_what_its_table_states(folder: Folder) -> None:
    project = folder.project(
        """
        [build-system]
        requires = []

        [project]
        name = "My.Demo"
        version = "1.0-rc1"
        requires-python = ">=3.11, <4"
        dependencies = ["attrs >=20 ; os_name=='nt'"]

        [project.optional-dependencies]
        Fast_Path = ["uvloop"]
        """
    )

    assert (project.name, project.version, project.requires_python) == ("my-demo", "1.0rc1", ">=3.11, <4")
    assert (project.root, project.has_build_system) == (str(folder.path), True)
    assert texts(project.dependencies) == ['attrs>=20; os_name == "nt"']
    assert texts(project.optional_dependencies[NormalizedName("fast-path")]) == ["uvloop"]
    assert project.dependencies[0].origin == "pyproject.toml [project.dependencies]"
    assert project.optional_dependencies[NormalizedName("fast-path")][0].origin == (
        "pyproject.toml [project.optional-dependencies.fast-path]"
    )


def test_a_project_can_be_groups_alone(folder: Folder) -> None:
    project = folder.project('[dependency-groups]\ndev = ["ruff"]\n')

    assert (project.name, project.has_build_system) == (None, False)
    assert texts(project.groups[NormalizedName("dev")]) == ["ruff"]


def test_dynamic_fields_are_noted(folder: Folder) -> None:
    project = folder.project('[project]\nname = "demo"\ndynamic = ["version", "dependencies"]\n')

    assert project.dynamic == {"version", "dependencies"}
    assert (project.version, project.dependencies) == (None, ())


def test_a_requires_python_that_nothing_meets_is_not_the_readers_business(folder: Folder) -> None:
    assert folder.demo('requires-python = ">=3.9,<3.8"').requires_python == ">=3.9,<3.8"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[project]\nname = \n", "line 2, column 8: this is not TOML: Invalid value"),
        ('[project]\nname = "demo', "line 2, column 13: this is not TOML"),
        ('[project]\nname = "a"\nname = "b"\n', "this is not TOML: Cannot overwrite a value"),
        ('project = "demo"\n', "project is 'demo', a table was expected"),
        ('[project]\nversion = "1"\n', "[project] needs name"),
        ('[project]\nname = ""\n', "[project] needs name"),
        ("[project]\nname = 3\n", "line 2: name in [project] is a number, a text was expected"),
        ('[project]\nname = "-demo"\n', "line 2: name in [project] is '-demo', the name of a project"),
        ('[project]\nname = "demo"\nversion = "one"\n', "line 3: version in [project] is 'one'"),
        ('[project]\nname = "demo"\nrequires-python = "3.11+"\n', "line 3: requires-python in [project]"),
        (
            '[project]\nname = "demo"\ndependencies = "attrs"\n',
            "dependencies in [project] is 'attrs', a list",
        ),
        (
            '[project]\nname = "demo"\ndependencies = ["a", 3]\n',
            "entry 2 of dependencies in [project] is a",
        ),
        (
            '[project]\nname = "demo"\ndependencies = [\n"idna",\n"attrs >> 3",\n]\n',
            "line 5: entry 2 of dependencies in [project] is not a requirement: 'attrs >> 3'",
        ),
        (
            '[project]\nname = "demo"\noptional-dependencies = ["a"]\n',
            "optional-dependencies in [project] is a list, a table was expected",
        ),
        (
            '[project]\nname = "demo"\n[project.optional-dependencies]\n"a b" = []\n',
            "'a b' is not a name for an extra",
        ),
        (
            '[project]\nname = "demo"\n[project.optional-dependencies]\na_b = []\nA-B = []\n',
            "line 5: two extras of [project] are called a-b",
        ),
        ('[project]\nname = "demo"\ndynamic = "version"\n', "dynamic in [project] is 'version', a list"),
        ("build-system = true\n", "build-system is true, a table was expected"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(folder: Folder, text: str, message: str) -> None:
    refusal = folder.refusal(text)

    assert isinstance(refusal, PyprojectInvalid)
    assert (refusal.id, refusal.exit_code) == ("pyproject-invalid", 1)
    assert refusal.message.startswith(str(folder.path / "pyproject.toml"))
    assert message in refusal.message


def test_bytes_that_are_not_utf_8_are_named_with_line_and_column(folder: Folder) -> None:
    (folder.path / "pyproject.toml").write_bytes(b'[project]\nname = "caf\xe9"\n')

    with pytest.raises(PyprojectInvalid, match=r"line 2, column 12: the file is not valid UTF-8"):
        read_project(str(folder.path))


@pytest.mark.parametrize(
    "text",
    [
        f"a = {'[' * 100_000}",
        f"a = {'1' * 5_000}",
        f'[project]\nname = "demo"\nversion = "{"1" * 5_000}"',
        f'[project]\nname = "demo"\ndependencies = ["a; {"(" * 10_000}"]',
        f'[dependency-groups]\na = ["a; {"(" * 10_000}"]',
    ],
    ids=["lists", "number", "version", "marker", "group"],
)
def test_absurd_lengths_and_depths_are_refused(folder: Folder, text: str) -> None:
    refusal = folder.refusal(text)

    assert isinstance(refusal, PyprojectInvalid)
    assert len(refusal.message) < 1_000


def test_a_password_in_a_requirement_is_not_shown(folder: Folder) -> None:
    refusal = folder.demo_refusal('dependencies = ["a @@ https://me:s3cret@host.example/a.whl"]')

    assert "host.example" in refusal.message
    assert "s3cret" not in refusal.message


def test_a_missing_file_says_what_to_do(folder: Folder) -> None:
    with pytest.raises(PyprojectMissing) as raised:
        read_project(str(folder.path))

    assert raised.value.id == "pyproject-missing"
    assert "pyproject.toml" in (raised.value.hint or "")
