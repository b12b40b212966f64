"""Environments made equal to locks: what is added, replaced, removed and left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.locks import file_of, lock_text, package

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


def served(cli: CommandLine, name: str, version: str = "1.0", **keys: Any) -> dict[str, Any]:
    """Offer a wheel and return its entry; ``requires`` and ``files`` go to the wheel."""
    options = {key: keys.pop(key) for key in ("requires", "files", "requires_python") if key in keys}
    wheel = cli.index.serve(name, version, **options)

    return package(name, version, wheels=[file_of(cli.index, wheel)], **keys)


def sync(cli: CommandLine, *packages: dict[str, Any], options: tuple[str, ...] = (), **top: Any) -> None:
    """Write a lock and sync it, which must work."""
    cli.write("pylock.toml", lock_text(*packages, **top))
    result = cli("sync", *options)
    assert result.code == 0, result.err


def installed_document(cli: CommandLine, name: str, file: str) -> Path:
    (folder,) = Path(cli.site).glob(f"{name}-*.dist-info")

    return folder / file


def test_one_sync_adds_replaces_and_removes(cli: CommandLine) -> None:
    sync(cli, served(cli, "kept"), served(cli, "replaced"), served(cli, "removed"))
    sync(cli, served(cli, "kept"), served(cli, "replaced", "2.0"), served(cli, "added"))

    assert cli.installed == {"kept": "1.0", "replaced": "2.0", "added": "1.0"}


def test_what_another_command_installed_is_removed_unless_inexact(cli: CommandLine) -> None:
    entry = served(cli, "demo")
    served(cli, "extra")
    sync(cli, entry)
    cli("install", "extra")

    sync(cli, entry, options=("--inexact",))
    assert cli.installed == {"demo": "1.0", "extra": "1.0"}

    sync(cli, entry)
    assert cli.installed == {"demo": "1.0"}


def test_an_empty_lock_empties_the_environment(cli: CommandLine) -> None:
    sync(cli, served(cli, "demo"))
    sync(cli)

    assert cli.installed == {}


def test_nothing_is_resolved(cli: CommandLine) -> None:
    cli.index.serve("dep", "1.0")
    sync(cli, served(cli, "demo", requires=["dep"]))

    assert cli.installed == {"demo": "1.0"}
    assert [request.path for request in cli.index.requests] == ["/files/demo-1.0-py3-none-any.whl"]


def test_the_second_sync_asks_for_nothing(cli: CommandLine) -> None:
    entry = served(cli, "demo")
    sync(cli, entry)
    cli.index.requests.clear()

    sync(cli, entry)
    assert cli.index.count() == 0


def test_another_environment_is_filled_from_the_cache_alone(cli: CommandLine) -> None:
    entry = served(cli, "demo")
    sync(cli, entry)
    cli("uninstall", "-y", "demo")
    cli.index.requests.clear()

    sync(cli, entry, options=("--offline",))
    assert cli.installed == {"demo": "1.0"}
    assert cli.index.count() == 0


def test_a_broken_installation_is_replaced(cli: CommandLine) -> None:
    entry = served(cli, "demo")
    sync(cli, entry)
    installed_document(cli, "demo", "RECORD").unlink()

    sync(cli, entry)
    assert installed_document(cli, "demo", "RECORD").is_file()


def test_what_came_from_elsewhere_in_the_same_version_is_replaced(cli: CommandLine) -> None:
    entry = served(cli, "demo")
    wheel = cli.index.serve("demo", "1.0")
    cli("install", cli.index.file_url(wheel.filename))
    assert installed_document(cli, "demo", "direct_url.json").is_file()

    sync(cli, entry)
    assert not installed_document(cli, "demo", "direct_url.json").exists()


def test_reinstall_replaces_everything(cli: CommandLine) -> None:
    entry = served(cli, "demo", files={"demo.py": "x = 1\n"})
    sync(cli, entry)
    Path(cli.site, "demo.py").unlink()

    sync(cli, entry)
    assert not Path(cli.site, "demo.py").exists()

    sync(cli, entry, options=("--reinstall",))
    assert Path(cli.site, "demo.py").is_file()


def test_markers_extras_and_groups_decide(cli: CommandLine) -> None:
    entries = [
        served(cli, "base"),
        served(cli, "elsewhere", marker="sys_platform == 'nowhere'"),
        served(cli, "docs", marker="'docs' in extras"),
        served(cli, "dev", marker="'dev' in dependency_groups"),
        served(cli, "lint", marker="'lint' in dependency_groups"),
    ]
    top: dict[str, Any] = {
        "extras": ["docs"],
        "dependency_groups": ["dev", "lint"],
        "default_groups": ["dev"],
    }

    for options, names in (
        ((), {"base", "dev"}),
        (("--extra", "docs"), {"base", "dev", "docs"}),
        (("--no-default-groups",), {"base"}),
        (("--no-group", "dev", "--group", "lint"), {"base", "lint"}),
        (("--all-groups", "--all-extras"), {"base", "dev", "docs", "lint"}),
    ):
        sync(cli, *entries, options=options, **top)
        assert cli.installed.keys() == names, options


def test_only_a_group_leaves_the_project_s_own_dependencies_out(cli: CommandLine) -> None:
    entries = [
        served(cli, "base", dependencies=[{"name": "shared"}]),
        served(cli, "shared"),
        served(cli, "linter", marker="'lint' in dependency_groups", dependencies=[{"name": "shared"}]),
    ]
    tool = {"zephyr": {"requirements": {"project": ["base"], "group": {"lint": ["linter>=1"]}}}}

    sync(cli, *entries, options=("--only-group", "lint"), dependency_groups=["lint"], tool=tool)
    assert cli.installed.keys() == {"linter", "shared"}


def test_bytecode_is_installed_where_it_is_wanted(cli: CommandLine) -> None:
    sync(cli, served(cli, "demo"), options=("--compile-bytecode",))

    assert list(Path(cli.site, "demo", "__pycache__").glob("*.pyc"))


def test_paths_start_from_the_folder_of_the_lock(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    (cli.folder / "locks" / "wheels").mkdir(parents=True)
    wheel.write(cli.folder / "locks" / "wheels")
    file = file_of(cli.index, wheel, url=None, path=f"wheels/{wheel.filename}")
    cli.write("locks/pylock.toml", lock_text(package("demo", "1.0", wheels=[file])))

    assert cli("sync", "locks/pylock.toml").code == 0
    assert cli.installed == {"demo": "1.0"}
    assert cli.index.count() == 0


def test_an_extra_whose_files_nobody_knows_is_refused_and_stays(cli: CommandLine) -> None:
    served(cli, "extra")
    cli("install", "extra")
    installed_document(cli, "extra", "RECORD").unlink()
    cli.write("pylock.toml", lock_text(served(cli, "demo")))

    assert cli("sync").err.partition("\n")[0].startswith("error[no-record]: extra 1.0 cannot be removed")
    assert cli.installed == {"extra": "1.0"}


def test_a_wheel_by_place_says_where_it_came_from(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    archive = {"url": cli.index.file_url(wheel.filename), "hashes": {"sha256": wheel.sha256}}
    sync(cli, package("demo", archive=archive))
    document = json.loads(installed_document(cli, "demo", "direct_url.json").read_text())

    assert document["url"] == archive["url"]
    assert document["archive_info"]["hashes"] == archive["hashes"]
    assert "Nothing to do" in cli("sync").err


@pytest.mark.parametrize("options", [("--dry-run",), ("--check",)])
def test_looking_changes_nothing(cli: CommandLine, options: tuple[str, ...]) -> None:
    sync(cli, served(cli, "before"))
    cli.index.requests.clear()
    cli.write("pylock.toml", lock_text(served(cli, "after")))
    cli("sync", *options)

    assert cli.installed == {"before": "1.0"}
    assert cli.index.count() == 0
