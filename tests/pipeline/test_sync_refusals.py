"""Locks and files that were tampered with, and what else ends a sync: the environment stays as it was."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.installed_world import snapshot
from tests.support.locks import file_of, lock_text, package
from tests.support.wheels import BuiltWheel, build_wheel
from zephyr.pipeline import acquire

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.command_line import CommandLine, Said


@pytest.fixture(autouse=True)
def before(cli: CommandLine) -> dict[str, Any]:
    """An environment with one package, which every lock here would remove."""
    cli.index.serve("before", "1.0")
    cli("install", "before")

    return snapshot(cli.environment.root)


def refused(cli: CommandLine, *packages: dict[str, Any], options: tuple[str, ...] = ()) -> str:
    """Sync a lock, which must fail and change nothing; return the error's id."""
    untouched = snapshot(cli.environment.root)
    cli.write("pylock.toml", lock_text(*packages))
    result = cli("sync", *options)

    assert result.code in {1, 2}
    assert snapshot(cli.environment.root) == untouched

    return error_of(result)


def error_of(result: Said) -> str:
    assert result.err.startswith("error["), result.err

    return result.err.removeprefix("error[").partition("]")[0]


def renamed(wheel: BuiltWheel, name: str, version: str) -> BuiltWheel:
    """Return the bytes of ``wheel`` under the file name of another one."""
    return BuiltWheel(name, version, f"{name}-{version}-py3-none-any.whl", wheel.data, wheel.metadata)


def test_other_bytes_than_the_lock_has_are_refused_with_all_that_came_along(cli: CommandLine) -> None:
    fine = package("fine", "1.0", wheels=[file_of(cli.index, cli.index.serve("fine", "1.0"))])
    demo = package("demo", "1.0", wheels=[file_of(cli.index, cli.index.serve("demo", "1.0"), size=None)])
    cli.index.serve("demo", "1.0", files={"demo.py": "import evil\n"})

    assert refused(cli, fine, demo) == "download-hash-mismatch"


def test_a_hash_that_was_changed_in_the_lock_is_refused(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli("install", "demo")
    entry = package("demo", "1.0", wheels=[file_of(cli.index, wheel, hashes={"sha256": "0" * 64})])

    assert refused(cli, entry, options=("--reinstall",)) == "download-hash-mismatch"


@pytest.mark.parametrize("change", [-1, 1])
def test_another_size_than_the_lock_has_is_refused(cli: CommandLine, change: int) -> None:
    wheel = cli.index.serve("demo", "1.0")
    entry = package("demo", "1.0", wheels=[file_of(cli.index, wheel, size=len(wheel.data) + change)])

    assert refused(cli, entry) in {"download-truncated", "download-too-large"}


def test_another_size_is_refused_of_what_the_cache_has_too(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli("install", "demo")
    cli("uninstall", "-y", "demo")
    entry = package("demo", "1.0", wheels=[file_of(cli.index, wheel, size=len(wheel.data) + 1)])

    assert refused(cli, entry) == "download-truncated"


def test_a_wheel_of_another_project_under_the_right_name_and_hash_is_refused(cli: CommandLine) -> None:
    wheel = renamed(build_wheel("evil", "1.0"), "demo", "1.0")
    cli.index.add_file(wheel)

    assert refused(cli, package("demo", "1.0", wheels=[file_of(cli.index, wheel)])) == "wheel-dist-info"


def test_a_cached_wheel_of_another_version_is_refused(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli("install", "demo")
    newer = renamed(wheel, "demo", "2.0")

    assert (
        refused(cli, package("demo", "2.0", wheels=[file_of(cli.index, newer)])) == "wheel-metadata-mismatch"
    )


def test_a_wheel_that_was_fetched_before_does_not_stand_for_other_hashes(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    right = hashlib.sha512(wheel.data).hexdigest()
    cli.index.hashes = False
    cli("install", "demo")
    cli("uninstall", "-y", "demo")

    def entry(digest: str) -> dict[str, Any]:
        return package("demo", "1.0", wheels=[file_of(cli.index, wheel, hashes={"sha512": digest})])

    assert refused(cli, entry("0" * 128)) == "download-hash-mismatch"

    cli.write("pylock.toml", lock_text(entry(right)))
    assert cli("sync").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_a_lock_is_never_renewed_because_a_file_is_wrong(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    entry = package("demo", "1.0", wheels=[file_of(cli.index, wheel, hashes={"sha256": "0" * 64})])
    refused(cli, entry)

    assert (cli.folder / "pylock.toml").read_text() == lock_text(entry)
    assert cli.index.count("/simple/demo/") == 0


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('lock-version = "1.0"\ncreated-by = "tests"\n', "lock-packages-missing"),
        (lock_text(lock_version="2.0"), "lock-version-unsupported"),
        (lock_text(requires_python=">=4"), "lock-python-mismatch"),
        (lock_text(environments=["sys_platform == 'nowhere'"]), "lock-environment-mismatch"),
        (lock_text() + "<<<<<<< ours\n", "lock-conflict-markers"),
        ("", "lock-invalid"),
    ],
)
def test_a_lock_that_cannot_be_meant_empties_nothing(
    cli: CommandLine, before: dict[str, Any], text: str, error: str
) -> None:
    cli.write("pylock.toml", text)

    assert error_of(cli("sync", "pylock.toml")) == error
    assert snapshot(cli.environment.root) == before


def test_two_entries_that_both_apply_are_refused(cli: CommandLine) -> None:
    entries = [
        package("demo", version, wheels=[file_of(cli.index, cli.index.serve("demo", version))])
        for version in ("1.0", "2.0")
    ]

    assert refused(cli, *entries) == "lock-ambiguous"


def test_a_file_that_the_server_no_longer_has_is_refused(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli.index.remove(wheel.filename)

    assert refused(cli, package("demo", "1.0", wheels=[file_of(cli.index, wheel)])) == "file-missing"


def test_what_the_cache_has_not_cannot_be_had_offline(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    entry = package("demo", "1.0", wheels=[file_of(cli.index, wheel)])

    assert refused(cli, entry, options=("--offline",)) == "offline-missing"
    assert cli.index.count("*/demo-*") == 0


def test_files_that_collide_are_refused_where_that_is_wanted(cli: CommandLine) -> None:
    entries = [
        package(name, "1.0", wheels=[file_of(cli.index, cli.index.serve(name, "1.0", files={"a.py": name}))])
        for name in ("one", "two")
    ]

    assert refused(cli, *entries, options=("--collisions", "error")) == "collision"


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """Calls to make, one after each time that wheels were brought into the cache."""
    calls: list[Callable[[], object]] = []
    genuine = acquire.acquire

    def acquire_slowly(*arguments: Any) -> Any:
        acquired = genuine(*arguments)

        if calls:
            calls.pop(0)()

        return acquired

    monkeypatch.setattr(acquire, "acquire", acquire_slowly)

    return calls


def test_what_another_command_installs_meanwhile_is_removed_too(
    cli: CommandLine, meanwhile: list[Callable[[], object]]
) -> None:
    cli.index.serve("other", "1.0")
    entry = package("demo", "1.0", wheels=[file_of(cli.index, cli.index.serve("demo", "1.0"))])
    cli.write("pylock.toml", lock_text(entry))
    meanwhile += [lambda: cli("install", "other")]

    assert cli("sync").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_a_cached_wheel_that_was_damaged_is_fetched_again(cli: CommandLine) -> None:
    entry = package("demo", "1.0", wheels=[file_of(cli.index, cli.index.serve("demo", "1.0"))])
    cli.write("pylock.toml", lock_text(entry))
    cli("sync")

    for path in (cli.cache / "trees-v1").glob("*/*/tree/*/demo/__init__.py"):
        path.unlink()
        path.write_text("poison\n")

    cli("uninstall", "-y", "demo")

    assert cli("sync").code == 0
    assert cli.python("import demo; print(demo.__version__)") == "1.0\n"
    assert cli.index.count("*/demo-*") == 2
