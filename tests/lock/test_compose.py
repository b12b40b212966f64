from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.lock_documents import COMMIT, SHA256
from zephyr.lock.compose import ProjectEntry, compose
from zephyr.lock.inputs import LockInputs
from zephyr.lock.writing import render
from zephyr.model.artifact import Artifact
from zephyr.model.source_reference import SourceKind, SourceReference
from zephyr.model.universal import (
    BASE,
    Activation,
    ActivationKind,
    PinnedSource,
    UniversalPin,
    UniversalResolution,
)

if TYPE_CHECKING:
    from packaging.pylock import Package, PackageWheel, Pylock

FOLDER = "/home/someone/work/app"
DOCS = Activation(ActivationKind.EXTRA, "docs")
DEV = Activation(ActivationKind.GROUP, "dev")


def artifact(filename: str, url: str = "", **others: Any) -> Artifact:
    return Artifact(filename, url or f"https://files.example/{filename}", {"sha256": SHA256}, **others)


def pin(name: str, version: str = "1.0", **others: Any) -> UniversalPin:
    fields: dict[str, Any] = {"marker": None, "wheels": (artifact(f"{name}-{version}-py3-none-any.whl"),)}

    return UniversalPin(canonicalize_name(name), Version(version), **fields | others)


def placed(
    name: str, kind: SourceKind, url: str, commit_id: str | None = None, **others: Any
) -> UniversalPin:
    source = PinnedSource(
        SourceReference(kind, url, **others), commit_id, {"sha256": SHA256, "sha512": "x"}, 5
    )

    return pin(name, wheels=(), source=source)


def composed(*pins: UniversalPin, inputs: LockInputs | None = None, project: str | None = None) -> Pylock:
    entry = ProjectEntry(canonicalize_name("app"), project) if project is not None else None

    return compose(UniversalResolution(pins), inputs or LockInputs(), entry, FOLDER)


def only(document: Pylock) -> Package:
    [package] = document.packages

    return package


def wheels_of(document: Pylock) -> list[PackageWheel]:
    return list(only(document).wheels or ())


def test_what_is_composed_is_valid_by_the_standard() -> None:
    composed(
        pin("idna", dependencies=((canonicalize_name("library"), Version("1.0")),)),
        placed("library", SourceKind.LOCAL_FOLDER, f"file://{FOLDER}/library"),
        placed("tool", SourceKind.GIT, "https://git.example/tool", COMMIT),
        project=FOLDER,
    ).validate()


def test_a_file_has_all_that_the_index_says_of_it() -> None:
    wheel = artifact("idna-1.0-py3-none-any.whl", size=7, upload_time="2024-05-01T02:03:04.5+02:00")
    document = composed(pin("idna", wheels=(wheel,), index="https://index.example/simple/"))
    [locked] = wheels_of(document)

    assert locked.filename == "idna-1.0-py3-none-any.whl"
    assert (locked.size, locked.hashes) == (7, {"sha256": SHA256})
    assert locked.upload_time == datetime(2024, 5, 1, 0, 3, 4, 500_000, tzinfo=UTC)
    assert only(document).index == "https://index.example/simple/"


@pytest.mark.parametrize("given", [None, "", "yesterday"])
def test_an_upload_time_that_is_not_told_is_left_out(given: str | None) -> None:
    wheel = artifact("idna-1.0-py3-none-any.whl", upload_time=given)

    assert wheels_of(composed(pin("idna", wheels=(wheel,))))[0].upload_time is None


def test_a_file_without_sha256_is_a_bug() -> None:
    with pytest.raises(AssertionError, match=r"idna-1\.0\.tar\.gz"):
        composed(pin("idna", sdist=Artifact("idna-1.0.tar.gz", "https://files.example/x", {"md5": "ab"})))


@pytest.mark.parametrize(
    ("filename", "locked"),
    [
        ("Zope.Interface-1.0-py3-none-any.whl", "Zope.Interface-1.0-py3-none-any.whl"),
        (
            "zope_interface-1.0_1-2b-cp312-cp312-win32.whl",
            "zope_interface-1.0.post1-2b-cp312-cp312-win32.whl",
        ),
        ("zope-interface-1.0-1.tar.gz", "zope_interface-1.0.post1.tar.gz"),
        ("zope-interface-1.0-1.zip", "zope_interface-1.0.post1.zip"),
    ],
)
def test_an_old_spelling_of_a_file_name_is_put_right_for_every_reader(filename: str, locked: str) -> None:
    version = "1.0.post1" if "1.0.post1" in locked else "1.0"
    fields = (
        {"wheels": (artifact(filename),)}
        if filename.endswith(".whl")
        else {"sdist": artifact(filename), "wheels": ()}
    )
    document = composed(pin("zope-interface", version, **fields))
    package = only(document)
    [file] = package.wheels or (package.sdist,)

    assert file is not None
    assert (file.filename, file.url) == (locked, f"https://files.example/{filename}")
    document.validate()


def test_no_password_gets_in() -> None:
    login = "https://user:pa%40ss@"
    document = composed(
        pin(
            "idna",
            wheels=(artifact("idna-1.0-py3-none-any.whl", f"{login}files.example/x.whl"),),
            index=f"{login}i.example/",
        ),
        placed("tool", SourceKind.GIT, f"{login}git.example/tool", COMMIT),
        placed("other", SourceKind.REMOTE_ARCHIVE, f"{login}files.example/other.zip"),
        inputs=LockInputs(
            {BASE: (f"tool @ git+{login}git.example/tool", f"git+{login}git.example/x")},
            constraints=(f"a @ {login}files.example/a.zip",),
            indexes=(f"{login}i.example/",),
            package_indexes={"tool": f"{login}i.example/"},
        ),
    )

    assert "pa%40ss" not in render(document)
    assert "user" not in render(document)


def test_the_user_git_of_an_ssh_address_stays() -> None:
    vcs = only(composed(placed("tool", SourceKind.GIT, "ssh://git@git.example/tool", COMMIT))).vcs

    assert vcs is not None
    assert vcs.url == "ssh://git@git.example/tool"


def test_no_absolute_path_gets_in() -> None:
    document = composed(
        placed("inner", SourceKind.LOCAL_FOLDER, f"file://{FOLDER}/libs/in%20ner", editable=True),
        placed("beside", SourceKind.LOCAL_ARCHIVE, "file:///home/someone/work/beside-1.0.tar.gz"),
        placed("clone", SourceKind.GIT, "file:///home/someone/clone", COMMIT),
        pin(
            "found",
            wheels=(artifact("found-1.0-py3-none-any.whl", "file:///home/someone/w/found.whl"),),
            index="file:///home/someone/index",
        ),
        inputs=LockInputs(
            {BASE: (f"inner @ file://{FOLDER}/libs/inner",)}, indexes=("file:///home/someone/index",)
        ),
        project=FOLDER,
    )

    assert "someone" not in render(document)
    assert [
        str(getattr(source, "path", ""))
        for package in document.packages
        for source in (package.directory, package.archive, package.vcs)
        if source
    ] == [
        ".",
        "../beside-1.0.tar.gz",
        "../../clone",
        "libs/in ner",
    ]


def test_a_folder_has_no_version_and_a_commit_has_one() -> None:
    document = composed(
        placed("library", SourceKind.LOCAL_FOLDER, f"file://{FOLDER}/library", subdirectory="src"),
        placed("tool", SourceKind.GIT, "https://git.example/tool", COMMIT, requested_revision="main"),
    )
    library, tool = document.packages

    assert library.version is None
    assert library.directory is not None
    assert library.directory.subdirectory == "src"
    assert tool.version == Version("1.0")
    assert tool.vcs is not None
    assert (tool.vcs.commit_id, tool.vcs.requested_revision) == (COMMIT, "main")


def test_the_project_is_an_entry_relative_to_the_lock() -> None:
    directory = only(composed(project="/home/someone/work")).directory

    assert directory is not None
    assert (directory.path, directory.editable) == ("..", True)


def test_a_dependency_names_its_version_only_where_the_lock_has_several() -> None:
    one, two = Version("1.0"), Version("2.0")
    needs = ((canonicalize_name("several"), two), (canonicalize_name("single"), one))
    document = composed(
        pin("asking", dependencies=needs),
        pin("several", "1.0", marker="python_full_version < '3.12'"),
        pin("several", "2.0", marker="python_full_version >= '3.12'"),
        pin("single"),
    )

    assert document.packages[0].dependencies == [{"name": "several", "version": "2.0"}, {"name": "single"}]


def test_a_folder_among_several_entries_is_told_by_its_path() -> None:
    name = canonicalize_name("several")
    document = composed(
        pin("asking", dependencies=((name, Version("1.0")),)),
        placed("several", SourceKind.LOCAL_FOLDER, f"file://{FOLDER}/several"),
        pin("several", "2.0"),
    )

    assert document.packages[0].dependencies == [{"name": "several", "directory": {"path": "several"}}]


def test_extras_and_groups_are_named_and_that_there_are_none_is_said() -> None:
    inputs = LockInputs({BASE: (), DOCS: (), DEV: ()}, default_groups=("dev",))
    full, bare = composed(inputs=inputs), composed()

    assert (full.extras, full.dependency_groups, full.default_groups) == (["docs"], ["dev"], ["dev"])
    assert (bare.extras, bare.dependency_groups, bare.default_groups) == ([], [], None)


def test_the_environments_and_the_python_that_it_is_for_are_told() -> None:
    resolution = UniversalResolution((), environments=("sys_platform == 'linux'",))
    document = compose(resolution, LockInputs(requires_python=">=3.11"), None, FOLDER)

    assert list(map(str, document.environments or ())) == ['sys_platform == "linux"']
    assert str(document.requires_python) == ">=3.11"


def test_a_requires_python_that_no_standard_knows_is_left_out() -> None:
    assert only(composed(pin("old", requires_python=">=2.7.*, nonsense"))).requires_python is None
