"""What the commands that are run most may load: lists that are to be made longer only on purpose."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.imported_modules import OURS, imported, imported_by_process
from tests.support.locks import file_of, lock_text, package

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

COSTLY = frozenset(
    {"asyncio", "concurrent", "configparser", "ctypes", "datetime", "email", "http", "ipaddress", "logging"}
    | {"multiprocessing", "pathlib", "random", "shutil", "socket", "ssl", "subprocess", "tarfile", "tempfile"}
    | {"tomllib", "traceback", "unittest", "urllib", "uuid", "zipfile", "zoneinfo"}
)
"""What of the standard library takes milliseconds to load."""

NAMES_AND_VERSIONS = frozenset({"logging", "subprocess", "traceback"})
"""What `packaging` loads for names and versions alone."""
REQUIREMENTS = NAMES_AND_VERSIONS | {"datetime", "ipaddress", "pathlib", "urllib"}
"""What it takes to read requirements and where they are."""
LOCKS = REQUIREMENTS | {"random", "tomllib"}

LOOKING = frozenset({"cli", "environments", "errors", "install", "memo", "model", "pip_options", "pipeline"})
"""The parts of Zephyr that look into an environment."""
INSTALLING = LOOKING | {"graph", "metadata", "project", "settings"}
NEVER = frozenset(
    {"zephyr.solver.solver", "zephyr.install.transaction", "zephyr.graph.graph", "zephyr.cli.typed_commands"}
)
"""What no command needs that changes nothing."""


def loads(
    modules: frozenset[str], *, costly: frozenset[str], parts: frozenset[str], others: frozenset[str]
) -> None:
    """Check that modules are among those that may be loaded."""
    tops = {name.partition(".")[0] for name in modules}
    ours = {name.split(".")[1] for name in modules if name.startswith("zephyr.")}

    assert tops - OURS - sys.stdlib_module_names <= others
    assert tops & COSTLY <= costly
    assert ours <= parts | {"dataclass", "settings"}
    assert modules.isdisjoint(NEVER)


PACKAGING = frozenset({"packaging"})


def test_the_version_needs_one_module(cli: CommandLine) -> None:
    modules = imported(cli, "--version")

    assert {name for name in modules if name.split(".")[0] in OURS} == {
        "zephyr",
        "zephyr.cli",
        "zephyr.cli.app",
    }
    assert {name.partition(".")[0] for name in modules} <= {"__future__", "zephyr"}


def test_making_an_environment(cli: CommandLine) -> None:
    cli("venv", "create", "first")  # asks the interpreters on PATH what they are

    modules = imported(cli, "venv", "create", "fresh")
    loads(modules, costly=frozenset(), parts=LOOKING - {"install"}, others=PACKAGING)
    assert modules.isdisjoint({"enum", "hashlib", "importlib", "json", "re", "signal", "threading", "typing"})


@pytest.mark.skipif(sys.platform == "win32", reason="there are no memos")
def test_making_an_environment_again(cli: CommandLine) -> None:
    def make() -> frozenset[str]:
        modules = imported_by_process(cli, "venv", "create", "fresh")
        shutil.rmtree(cli.folder / "fresh")

        return modules

    modules = next(made for made in (make() for _ in range(4)) if "zephyr.cli.repetition" in made)
    making = {"errors", "layout", "leftovers", "making", "placement"}

    assert {name for name in modules if name.startswith("zephyr.")} == {
        *(f"zephyr.memo.{name}" for name in ("answer", "change", "duration", "sights", "trace")),
        *("zephyr.cli", "zephyr.cli.repetition", "zephyr.cli.signals", "zephyr.dataclass", "zephyr.errors"),
        *("zephyr.environments", "zephyr.memo", "zephyr.pipeline", "zephyr.pipeline.kept_environment"),
        *(f"zephyr.environments.{name}" for name in making),
    }


@pytest.mark.parametrize("command", ["list", "freeze"])
def test_looking_at_what_is_installed(cli: CommandLine, command: str) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")

    loads(imported(cli, command), costly=NAMES_AND_VERSIONS, parts=LOOKING, others=PACKAGING)


def test_installing_what_is_there(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli("install", "demo")

    for arguments in (("install", "demo"), ("install", "--dry-run", "demo"), ("pip", "install", "demo")):
        loads(imported(cli, *arguments), costly=LOCKS, parts=INSTALLING, others=PACKAGING)


def test_a_sync_that_finds_everything_as_it_should_be(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli.write("pylock.toml", lock_text(package("demo", "1.0", wheels=[file_of(cli.index, wheel)])))
    cli("sync")

    for arguments in (("sync",), ("sync", "--frozen"), ("sync", "--check")):
        loads(imported(cli, *arguments), costly=LOCKS, parts=INSTALLING | {"lock"}, others=PACKAGING)


def test_resolving_again_what_is_known(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep>=1"])
    cli.index.serve("dep", "1.0")
    cli("install", "--dry-run", "demo")
    cli("install", "--dry-run", "demo")  # what was met by the first run is put together by the second

    modules = imported(cli, "install", "--dry-run", "--report", "report.json", "demo")
    packaging = {name for name in modules if name.startswith("packaging.")}

    assert {name.partition(".")[0] for name in modules} & COSTLY <= {"urllib", "ipaddress"}
    assert modules.isdisjoint(
        {"anyio", "dataclasses", "httpx", "inspect", "random", "rich", "threading", "typer"}
    )
    assert packaging <= {"packaging.version"}


def test_installing_what_the_cache_has(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep>=1"])
    cli.index.serve("dep", "1.0")

    for _ in range(2):  # what was met by the first run is put together by the second
        cli("install", "demo")
        cli("uninstall", "--yes", "demo", "dep")

    modules = imported(cli, "install", "demo")

    assert {name.partition(".")[0] for name in modules} & COSTLY <= {"ctypes", "urllib", "ipaddress"}
    assert modules.isdisjoint({"anyio", "dataclasses", "httpx", "inspect", "random", "rich", "typer"})
    assert {name for name in modules if name.startswith("packaging.")} <= {"packaging.version"}


def test_a_lock_of_wheels_needs_nothing_that_builds_or_knows_repositories(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.write("pyproject.toml", '[project]\nname = "here"\nversion = "1.0"\ndependencies = ["demo"]\n')
    cli("lock")

    modules = imported(cli, "lock")
    building = {"zephyr_workers.build", "zephyr_workers.source_archive", "zephyr_workers.static_metadata"}
    others = {"zephyr_workers.git_source", "zephyr.pipeline.build_environments", "zephyr.pipeline.places"}

    assert modules.isdisjoint({"typer", "pydantic", "rich", "httpx", "tarfile"} | building | others)


def test_a_sync_that_fetches_everything_needs_no_solver(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli.write("pylock.toml", lock_text(package("demo", "1.0", wheels=[file_of(cli.index, wheel)])))

    modules = imported(cli, "sync")

    assert not {name for name in modules if name.startswith(("zephyr.solver", "zephyr.metadata.resolve"))}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads unpack")
def test_what_unpacks_wheels_is_loaded_by_other_processes(cli: CommandLine) -> None:
    """They can be forked as long as nothing has started a thread before."""
    cli.index.serve("demo", "1.0")

    modules = imported(cli, "install", "demo")

    assert "zephyr_workers.unpack_processes" in modules
    assert "zephyr_workers.unpack" not in modules
    assert cli.installed == {"demo": "1.0"}
