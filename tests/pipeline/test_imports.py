"""Each command pays only for what it uses: what is imported, as lists of what may be."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.locks import file_of, lock_text, package

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

NETWORK = frozenset({"httpx", "httpcore", "ssl", "asyncio", "trio", "anyio._backends._asyncio"})
OURS = ("zephyr", "zephyr_cache", "zephyr_workers")


def imported(cli: CommandLine, *arguments: str) -> frozenset[str]:
    """Run a command in a process of its own and return the names of all modules that it loaded."""
    program = (
        "import json, sys\n"
        "before = set(sys.modules)\n"
        "from zephyr.cli.app import run\n"
        "code = run(sys.argv[1:])\n"
        "sys.stdout.write('\\n' + json.dumps([code, *(set(sys.modules) - before)]))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=cli.folder,
        env=cli.child_environ(),
        capture_output=True,
        text=True,
        check=True,
    )
    code, *modules = json.loads(result.stdout.splitlines()[-1])
    assert code == 0, result.stderr

    return frozenset(modules)


def test_the_version_needs_nothing_of_ours(cli: CommandLine) -> None:
    ours = {name for name in imported(cli, "--version") if name.split(".")[0] in OURS}

    assert ours == {"zephyr", "zephyr.cli", "zephyr.cli.app"}


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


def test_a_cold_install_needs_them(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")

    assert {"httpx", "asyncio"} <= imported(cli, "install", "demo")
