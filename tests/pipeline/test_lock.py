"""What ``zephyr lock`` makes of a project: one document for every platform, Python, extra and group."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

from tests.support.pyprojects import entries, entry, lock, locked_table, relock

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


def test_extras_groups_and_markers_share_one_lock(cli: CommandLine) -> None:
    cli.index.serve("web", "1.0", requires=["colours; sys_platform == 'win32'"])

    for name in ("colours", "docs", "checks", "runner"):
        cli.index.serve(name, "1.0")

    lock(
        cli,
        "web",
        extras={"docs": ["docs"]},
        groups={"dev": ["runner", {"include-group": "lint"}], "lint": ["checks"]},
    )

    assert entries(cli) == {
        "checks 1.0": '"dev" in dependency_groups or "lint" in dependency_groups',
        "colours 1.0": 'sys_platform == "win32"',
        "docs 1.0": '"docs" in extras',
        "runner 1.0": '"dev" in dependency_groups',
        "web 1.0": None,
    }
    document = locked_table(cli)
    assert document["extras"] == ["docs"]
    assert document["dependency-groups"] == ["dev", "lint"]
    assert document["default-groups"] == ["dev"]
    assert document["requires-python"] == ">=3.11"
    assert "environments" not in document


def test_the_groups_that_are_on_are_those_that_the_project_says(cli: CommandLine) -> None:
    cli.index.serve("checks", "1.0")
    groups = {"dev": ["checks"], "lint": ["checks"]}

    for stated, expected in (("[]", None), ('["lint"]', ["lint"]), ('"all"', ["dev", "lint"])):
        lock(cli, groups=groups, tool=f"default-groups = {stated}")
        assert locked_table(cli).get("default-groups") == expected


def test_an_extra_of_a_dependency_brings_what_it_needs(cli: CommandLine) -> None:
    cli.index.serve("web", "1.0", extras={"fast": ["loops; python_version < '3.13'"]})
    cli.index.serve("loops", "1.0")
    lock(cli, "web[fast]")

    assert entries(cli) == {"loops 1.0": 'python_version < "3.13"', "web 1.0": None}


def test_a_file_is_kept_with_all_that_the_index_says_of_it(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0", requires_python=">=3.8")
    lock(cli, "demo")
    found = entry(cli, "demo")

    assert found["index"] == cli.index.url
    assert found["requires-python"] == ">=3.8"
    (file,) = found["wheels"]
    assert file["url"] == cli.index.file_url(wheel.filename)
    assert file["size"] == len(wheel.data)
    assert file["hashes"] == {"sha256": wheel.sha256}
    assert "upload-time" in file


def test_all_wheels_that_some_environment_can_use_are_kept(cli: CommandLine) -> None:
    for tag in ("cp312-cp312-win_amd64", "cp312-cp312-manylinux_2_28_x86_64", "cp27-cp27m-win32"):
        cli.index.serve("demo", "1.0", tag=tag, purelib=False)

    cli.index.serve("demo", "1.0")
    lock(cli, "demo")

    assert [wheel["url"].rpartition("/")[2] for wheel in entry(cli, "demo")["wheels"]] == [
        "demo-1.0-cp312-cp312-manylinux_2_28_x86_64.whl",
        "demo-1.0-cp312-cp312-win_amd64.whl",
        "demo-1.0-py3-none-any.whl",
    ]


def test_a_hash_that_the_index_does_not_give_is_computed(cli: CommandLine) -> None:
    cli.index.hashes = cli.index.sizes = False
    wheel = cli.index.serve("demo", "1.0")
    lock(cli, "demo")
    (file,) = entry(cli, "demo")["wheels"]

    assert file["hashes"] == {"sha256": hashlib.sha256(wheel.data).hexdigest()}
    assert file["size"] == len(wheel.data)


def test_a_bound_on_python_splits_the_versions(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires_python=">=3.8")
    cli.index.serve("demo", "2.0", requires_python=">=3.13")
    lock(cli, "demo")

    assert entries(cli) == {
        "demo 1.0": 'python_version < "3.13"',
        "demo 2.0": 'python_version >= "3.13"',
    }


def test_an_unused_platform_is_left_out_of_the_environments_with_a_warning(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", tag="py3-none-manylinux_2_28_x86_64", purelib=False)
    result = lock(cli, "demo")

    assert result.err.startswith("warning: demo 1.0 ")
    assert "the lock is not for these environments" in result.err
    assert locked_table(cli)["environments"] == ['sys_platform == "linux" and platform_machine == "x86_64"']


def test_a_project_with_a_build_system_is_an_entry_itself(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    built = '[build-system]\nrequires = []\nbuild-backend = "backend"\n'
    lock(cli, "demo", build_system=built)

    assert entry(cli, "mine") == {"name": "mine", "directory": {"path": ".", "editable": True}}

    lock(cli, "demo", build_system=built, tool="package = false")
    assert set(entries(cli)) == {"demo 1.0"}


def test_a_project_without_requirements_has_an_empty_lock(cli: CommandLine) -> None:
    lock(cli)

    assert locked_table(cli)["packages"] == []
    assert cli.index.count() == 0


def test_json_tells_what_is_new(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    result = lock(cli, "demo", options=("--json",))

    assert json.loads(result.out) == {
        "lock": "[DIR]/pylock.toml",
        "changed": True,
        "changes": ["Added demo v1.0"],
        "stale": [],
        "warnings": [],
    }


def test_an_unchanged_lock_is_not_written_again(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    lock(cli, "demo")
    path = cli.folder / "pylock.toml"
    os.utime(path, (1, 1))
    identity = path.stat().st_ino
    relock(cli)

    assert (path.stat().st_mtime, path.stat().st_ino) == (1, identity)


def test_the_second_lock_asks_the_index_for_nothing(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    lock(cli, "demo")
    cli.index.requests.clear()
    (cli.folder / "pylock.toml").unlink()
    relock(cli, "--offline")

    assert set(entries(cli)) == {"demo 1.0", "dep 1.0"}
    assert cli.index.count() == 0
