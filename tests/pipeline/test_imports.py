"""Each command pays only for what it uses: what is imported, as lists of what may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.imported_modules import imported
from tests.support.locks import file_of, lock_text, package
from tests.support.pyprojects import entries, lock

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

NETWORK = frozenset({"httpx", "httpcore", "ssl", "asyncio", "trio", "anyio._backends._asyncio"})


@pytest.mark.parametrize("arguments", [("--help",), ("install", "--help"), ("list",), ("freeze",)])
def test_help_and_looking_need_no_network(cli: CommandLine, arguments: tuple[str, ...]) -> None:
    modules = imported(cli, *arguments)

    assert modules.isdisjoint(NETWORK | {"rich", "zephyr.solver.solver", "zephyr.install.transaction"})


def test_nothing_to_do_needs_neither_network_nor_event_loop(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli("install", "demo")

    modules = imported(cli, "install", "demo")
    assert modules.isdisjoint(NETWORK | {"rich"})


def test_a_warm_install_needs_neither_network_nor_event_loop(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli("install", "demo")
    cli.make_environment("other")

    modules = imported(cli, "install", "-p", "other", "demo")
    assert modules.isdisjoint(NETWORK | {"rich"})


def test_a_sync_with_nothing_to_do_looks_at_the_lock_and_the_environment_alone(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli.write("pylock.toml", lock_text(package("demo", "1.0", wheels=[file_of(cli.index, wheel)])))
    cli("sync")

    modules = imported(cli, "sync", "--frozen")
    others = {"rich", "zephyr.solver.solver", "zephyr.install.transaction", "zephyr.pipeline.acquire"}
    assert modules.isdisjoint(NETWORK | others)


def test_a_warm_sync_needs_neither_network_nor_event_loop(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli.write("pylock.toml", lock_text(package("demo", "1.0", wheels=[file_of(cli.index, wheel)])))
    cli("sync")
    cli("uninstall", "-y", "demo")

    modules = imported(cli, "sync")
    assert modules.isdisjoint(NETWORK | {"rich"})


def test_a_lock_of_what_the_cache_knows_needs_neither_network_nor_event_loop(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep; sys_platform == 'win32'"])
    cli.index.serve("dep", "1.0")
    lock(cli, "demo")
    (cli.folder / "pylock.toml").unlink()

    modules = imported(cli, "lock")
    assert modules.isdisjoint(NETWORK | {"rich"})
    assert set(entries(cli)) == {"demo 1.0", "dep 1.0"}


def test_a_cold_install_needs_them(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")

    assert {"zephyr_workers.transport", "asyncio"} <= imported(cli, "install", "demo")
