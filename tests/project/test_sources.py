"""Requirements with sources name places that the reader of places understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import NormalizedName

from tests.project.conftest import texts
from zephyr.model.source_reference import SourceKind
from zephyr.model.source_syntax import parse_place
from zephyr.project.errors import SourceMissing, ToolZephyrInvalid
from zephyr.project.source_table import IndexSource
from zephyr.project.sources import with_sources

if TYPE_CHECKING:
    from tests.project.conftest import Folder
    from zephyr.model.source_reference import SourceReference
    from zephyr.project.sources import SourcedProject


def sourced(folder: Folder, requirement: str, source: str) -> SourcedProject:
    return with_sources(
        folder.demo(
            f"""
            dependencies = ["{requirement}"]
            [tool.zephyr]
            index = [{{ name = "gpu", url = "https://gpu.example/simple/" }}]
            sources = {{ Lib = {source} }}
            """
        )
    )


def place(sourced: SourcedProject) -> SourceReference:
    (requirement,) = sourced.project.dependencies

    return parse_place(
        requirement.text, requirement.origin, folder=sourced.project.root, editable=requirement.editable
    )


@pytest.mark.parametrize("name", ["lib", "with space", "a[b];c#egg=d", "é"])
def test_a_path_is_a_place_relative_to_the_project(folder: Folder, name: str) -> None:
    (folder.path / name).mkdir()
    reference = place(
        sourced(folder, "lib[x] >=2; os_name == 'nt'", f'{{ path = "{name}", editable = true }}')
    )

    assert (reference.kind, reference.path) == (SourceKind.LOCAL_FOLDER, str(folder.path / name))
    assert (reference.name, reference.extras, reference.editable) == ("lib", ("x",), True)
    assert reference.marker == 'os_name == "nt"'


def test_an_archive_of_the_project_is_a_place(folder: Folder) -> None:
    (folder.path / "lib-1.0.tar.gz").touch()
    reference = place(sourced(folder, "lib", '{ path = "lib-1.0.tar.gz" }'))

    assert (reference.kind, reference.editable) == (SourceKind.LOCAL_ARCHIVE, False)


@pytest.mark.parametrize(
    ("source", "url", "revision", "subdirectory"),
    [
        ('{ git = "https://git.example/lib.git" }', "https://git.example/lib.git", None, ""),
        ('{ git = "https://git.example/@me/lib", tag = "v1" }', "https://git.example/%40me/lib", "v1", ""),
        ('{ git = "https://git.example/@me/lib" }', "https://git.example/%40me/lib", None, ""),
        (
            '{ git = "ssh://git@git.example/lib", branch = "feature/a@b", subdirectory = "python lib" }',
            "ssh://git@git.example/lib",
            "feature/a@b",
            "python lib",
        ),
    ],
)
def test_a_repository_is_a_place(
    folder: Folder, source: str, url: str, revision: str | None, subdirectory: str
) -> None:
    reference = place(sourced(folder, "lib", source))

    assert (reference.kind, reference.url) == (SourceKind.GIT, url)
    assert (reference.requested_revision, reference.subdirectory) == (revision, subdirectory)


def test_an_address_is_a_place(folder: Folder) -> None:
    reference = place(sourced(folder, "lib", '{ url = "https://files.example/lib.zip", subdirectory = "x" }'))

    assert (reference.kind, reference.url) == (SourceKind.REMOTE_ARCHIVE, "https://files.example/lib.zip")
    assert reference.subdirectory == "x"


def test_an_index_is_pinned_and_leaves_the_requirement(folder: Folder) -> None:
    found = sourced(folder, "lib>=2", '{ index = "gpu" }')

    assert texts(found.project.dependencies) == ["lib>=2"]
    assert found.package_indexes == {"lib": (IndexSource("gpu"),)}


def test_sources_with_markers_leave_the_rest_to_the_requirement(folder: Folder) -> None:
    source = """[
        { url = "https://files.example/lib.zip", marker = "os_name == 'nt'" },
        { index = "gpu", marker = "sys_platform == 'linux'" },
    ]"""
    found = sourced(folder, "lib>=2; python_version > '3'", " ".join(source.split()).replace(", ]", "]"))

    assert texts(found.project.dependencies) == [
        'lib>=2; python_version > "3"',
        'lib @ https://files.example/lib.zip ; python_version > "3" and os_name == "nt"',
    ]
    assert found.package_indexes == {"lib": (IndexSource("gpu", 'sys_platform == "linux"'),)}


def test_what_has_its_sources_already_stays_as_it_is(folder: Folder) -> None:
    once = sourced(
        folder, "lib>=2", "[{ url = 'https://files.example/lib.zip', marker = \"os_name == 'nt'\" }]"
    )

    assert len(once.project.dependencies) == 2
    assert with_sources(once.project) == once


def test_extras_and_groups_have_sources_too(folder: Folder) -> None:
    project = with_sources(
        folder.demo(
            """
            optional-dependencies.x = ["lib"]
            [dependency-groups]
            dev = ["lib"]
            [tool.zephyr.sources]
            lib = { url = "https://files.example/lib.zip" }
            """
        )
    ).project

    assert texts(project.optional_dependencies[NormalizedName("x")]) == [
        "lib @ https://files.example/lib.zip"
    ]
    assert texts(project.groups[NormalizedName("dev")]) == ["lib @ https://files.example/lib.zip"]


def test_a_source_that_nothing_uses_is_a_warning(folder: Folder) -> None:
    found = sourced(folder, "libb", '{ index = "gpu" }')

    assert found.project.warnings == (
        "lib in [tool.zephyr.sources] is not required by the project. Is libb meant?",
    )


def test_a_path_where_nothing_is_names_its_key(folder: Folder) -> None:
    with pytest.raises(SourceMissing) as raised:
        sourced(folder, "lib", '{ path = "../nowhere" }')

    assert raised.value.id == "source-missing"
    assert "lib in [tool.zephyr.sources] has the path '../nowhere'" in raised.value.message


def test_a_requirement_with_a_place_of_its_own_has_no_source(folder: Folder) -> None:
    with pytest.raises(ToolZephyrInvalid, match="gives it a place too"):
        sourced(folder, "lib @ https://files.example/lib.zip", '{ index = "gpu" }')
