"""A lock for one environment: requirements that installers read, or a lock of its own."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from packaging.pylock import Package, PackageArchive, Pylock
from packaging.utils import canonicalize_name

from tests.support.lock_documents import (
    COMMIT,
    FILES,
    SHA256,
    document,
    entry,
    environment,
    folder,
    repository,
    sdist,
    wheel,
)
from zephyr.lock.export import PathUnexportable, is_hashable, requirements, single_use
from zephyr.lock.selection import select
from zephyr.lock.target import LockTarget
from zephyr.lock.writing import render

if TYPE_CHECKING:
    from zephyr.lock.selection import Selected

LINUX = LockTarget(
    environment(), ("cp312-cp312-manylinux_2_28_x86_64", "py3-none-any"), "3.12.1", "Python 3.12 on linux"
)
INDEX = "https://index.example/simple/"


def chosen(lock: Pylock) -> tuple[Selected, ...]:
    return select(lock, LINUX.markers, LINUX.tags, LINUX.python_version)


def exported(*packages: Package, with_hashes: bool = True, **others: Any) -> list[str]:
    """Return the lines, continuation lines joined."""
    lock = document(*packages, **others)
    found = requirements(lock, chosen(lock), LINUX, with_hashes=with_hashes)

    return [line.replace(" \\\n   ", "") for line in found]


def digest(character: str) -> dict[str, str]:
    return {"sha256": character * 64}


def test_a_requirement_has_the_hash_of_every_file_that_fits() -> None:
    package = entry(
        "a",
        "1",
        index=INDEX,
        wheels=[
            wheel("a", "1", "cp312-cp312-manylinux_2_28_x86_64", hashes=digest("1")),
            wheel("a", "1", "cp312-cp312-win_amd64", hashes=digest("2")),
            wheel("a", "1", "py3-none-any", hashes=digest("3")),
        ],
        sdist=sdist("a", "1", hashes=digest("4")),
    )

    assert exported(package) == [
        "a==1 " + " ".join(f"--hash=sha256:{each * 64}" for each in "134"),
    ]
    assert exported(package, with_hashes=False) == ["a==1"]


def test_each_hash_has_a_line_of_its_own() -> None:
    lock = document(entry("a", "1", index=INDEX))

    assert list(requirements(lock, chosen(lock), LINUX)) == [
        f"a==1 \\\n    --hash=sha256:{SHA256} \\\n    --hash=sha256:{SHA256}"
    ]


def test_the_strongest_hash_is_taken_where_the_usual_one_is_missing() -> None:
    given = wheel("a", "1", hashes={"md5": "0" * 32, "sha512": "5" * 128})

    assert exported(entry("a", "1", index=INDEX, wheels=[given], source=False)) == [
        f"a==1 --hash=sha512:{'5' * 128}"
    ]


def test_what_is_for_elsewhere_is_left_out() -> None:
    assert exported(entry("a", "1", index=INDEX, marker="sys_platform == 'win32'")) == []


@pytest.mark.parametrize(
    ("package", "line"),
    [
        (folder("demo", ".", editable=True), "-e ."),
        (folder("demo", "../demo"), "../demo"),
        (folder("demo", "libs/demo", editable=True), "-e ./libs/demo"),
        (folder("demo", "libs", subdirectory="demo"), "./libs/demo"),
        (folder("demo", "-r"), "./-r"),
        (repository("demo", "1"), f"demo @ git+https://git.example/demo@{COMMIT}"),
        (
            repository("demo", "1", url="ssh://git@git.example/demo", subdirectory="sub"),
            f"demo @ git+ssh://git@git.example/demo@{COMMIT}#subdirectory=sub",
        ),
    ],
)
def test_folders_and_repositories_have_no_hash(package: Package, line: str) -> None:
    lock = document(package)

    assert exported(package) == [line]
    assert [is_hashable(one) for one in chosen(lock)] == [False]


@pytest.mark.parametrize(
    ("archive", "line"),
    [
        ({"url": f"{FILES}/demo.zip"}, f"demo @ {FILES}/demo.zip"),
        (
            {"url": f"{FILES}/demo.zip#x=1", "subdirectory": "sub"},
            f"demo @ {FILES}/demo.zip#subdirectory=sub",
        ),
        ({"url": f"{FILES}/${{HOME}}.zip"}, f"demo @ {FILES}/%24{{HOME}}.zip"),
        ({"path": "libs/demo.zip"}, "./libs/demo.zip"),
    ],
)
def test_an_archive_is_named_by_its_place(archive: dict[str, Any], line: str) -> None:
    given = PackageArchive(hashes={"sha256": SHA256}, **archive)
    package = Package(name=canonicalize_name("demo"), archive=given)

    assert exported(package) == [f"{line} --hash=sha256:{SHA256}"]


def test_so_is_a_file_that_no_index_has() -> None:
    package = entry("a", "1", wheels=[wheel("a", "1", url=None, path="wheels/a-1-py3-none-any.whl")])

    assert exported(package) == [f"./wheels/a-1-py3-none-any.whl --hash=sha256:{SHA256}"]


def test_another_tool_may_leave_the_index_out() -> None:
    assert exported(entry("a", "1"), created_by="another", with_hashes=False) == ["a==1"]


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_version_that_an_entry_does_not_tell_is_that_of_its_file(kind: str) -> None:
    files: dict[str, Any] = (
        {"wheels": [wheel("a", "1.5")]} if kind == "wheel" else {"sdist": sdist("a", "1.5")}
    )
    package = Package(name=canonicalize_name("a"), **files)

    assert exported(package, created_by="another", with_hashes=False) == ["a==1.5"]


@pytest.mark.parametrize("path", ["my libs/demo", "${HOME}/demo", "a#b", "a;b", "a'b", 'a"b', "a\\b"])
def test_a_path_that_installers_read_differently_is_refused(path: str) -> None:
    with pytest.raises(PathUnexportable) as caught:
        exported(folder("demo", path))

    assert "pylock.toml" in (caught.value.hint or "")


def test_a_repository_beside_the_lock_has_no_address() -> None:
    with pytest.raises(PathUnexportable):
        exported(repository("demo", "1", url=None, path="../demo.git"))


def narrowed(lock: Pylock, folder: str = "/srv", new_folder: str = "/srv") -> dict[str, Any]:
    single = single_use(lock, chosen(lock), LINUX, folder, new_folder)
    single.validate()

    return tomllib.loads(render(single))


def test_a_lock_for_one_environment_has_no_conditions() -> None:
    lock = document(
        entry(
            "a",
            "1",
            marker="'dev' in dependency_groups",
            needs=[{"name": "n", "version": "2"}, {"name": "x"}],
        ),
        entry("n", "1", marker="sys_platform == 'win32'"),
        entry("n", "2", marker="sys_platform != 'win32'"),
        entry("x", "1", marker="sys_platform == 'win32'"),
        python=">=3.11",
        extras=["docs"],
        dependency_groups=["dev"],
        default_groups=["dev"],
        tool={"zephyr": {"requires-python": ">=3.11"}},
    )
    single = narrowed(lock)

    assert {*single} == {"lock-version", "environments", "requires-python", "created-by", "packages"}
    assert [(package["name"], package["version"]) for package in single["packages"]] == [
        ("a", "1"),
        ("n", "2"),
    ]
    assert single["packages"][0]["dependencies"] == [{"name": "n"}]
    assert not [package for package in single["packages"] if "marker" in package]


def test_its_wheels_are_those_that_fit() -> None:
    lock = document(entry("a", "1", wheels=["cp312-cp312-win_amd64", "py3-none-any"]))
    (package,) = narrowed(lock)["packages"]

    assert [each["name"] for each in package["wheels"]] == ["a-1-py3-none-any.whl"]
    assert package["sdist"]["name"] == "a-1.tar.gz"


def test_a_narrowed_lock_selects_the_same_again() -> None:
    lock = document(
        entry("a", "1", wheels=["cp312-cp312-manylinux_2_28_x86_64", "py3-none-any"]), entry("b", "2")
    )
    single = single_use(lock, chosen(lock), LINUX, "/srv", "/srv")

    assert [one.source for one in chosen(single)] == [one.source for one in chosen(lock)]


def test_elsewhere_its_paths_lead_to_the_same_places() -> None:
    lock = document(
        folder("demo", "."),
        repository("repo", "1", url=None, path="../repo.git"),
        entry("a", "1", wheels=[wheel("a", "1", url=None, path="wheels/a-1-py3-none-any.whl")]),
    )
    a, demo, repo = narrowed(lock, "/srv/demo", "/srv/deploy")["packages"]

    assert demo["directory"]["path"] == "../demo"
    assert repo["vcs"]["path"] == "../repo.git"
    assert a["wheels"][0]["path"] == "../demo/wheels/a-1-py3-none-any.whl"
