"""What one file more costs an install, in calls: a count is never slow by chance."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.audited import audited

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.audited import Audit
    from tests.support.command_line import CommandLine

EVENTS = ("open", "os.link", "os.mkdir", "os.rename", "os.remove", "os.scandir", "os.listdir", "os.chmod")
INSTALL = ("install", "--quiet", "--link-mode", "hardlink", "--python")


def serve(cli: CommandLine, name: str, modules: int, folders: int = 1) -> None:
    """Serve a wheel with so many modules in so many packages."""
    cli.index.serve(
        name,
        "1.0",
        files={
            f"{name}_{folder}/module_{number}.py": f"NUMBER = {number}\n"
            for folder in range(folders)
            for number in range(modules // folders)
        },
    )


def warm_install(cli: CommandLine, name: str) -> Audit:
    """Install from a warm cache into a new environment, with nothing remembered of the first."""
    cli.configure(ZEPHYR_NO_MEMO="1")
    cli.make_environment(f"first-{name}")
    cli(*INSTALL, f"first-{name}", name)
    cli.make_environment(f"second-{name}")

    return audited(cli, *INSTALL, f"second-{name}", name)


def test_a_file_more_costs_a_warm_install_one_link_and_opens_nothing(cli: CommandLine) -> None:
    serve(cli, "few", modules=20)
    serve(cli, "many", modules=120)

    few, many = warm_install(cli, "few"), warm_install(cli, "many")

    assert many.more_than(few, *EVENTS) == {**dict.fromkeys(EVENTS, 0), "os.link": 100}


def test_a_folder_more_costs_a_warm_install_one_folder(cli: CommandLine) -> None:
    serve(cli, "flat", modules=40)
    serve(cli, "deep", modules=40, folders=20)

    flat, deep = warm_install(cli, "flat"), warm_install(cli, "deep")

    assert deep.more_than(flat, "open", "os.link", "os.mkdir") == {"open": 0, "os.link": 0, "os.mkdir": 19}


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_a_file_more_costs_a_warm_install_two_system_calls(cli: CommandLine, tmp_path: Path) -> None:
    """One that looks at the file of the cache, one that links it."""
    serve(cli, "few", modules=20)
    serve(cli, "many", modules=120)
    counts: dict[str, int] = {}

    for name in ("few", "many"):
        warm_install(cli, name)
        cli.make_environment(f"third-{name}")
        log = tmp_path / f"{name}.log"
        command = [sys.executable, "-m", "zephyr", *INSTALL, f"third-{name}", name]
        strace = ["strace", "-f", "-o", str(log), "-e", "trace=%file,%desc"]
        subprocess.run([*strace, *command], cwd=cli.folder, env=cli.child_environ(), check=True, timeout=50)
        counts[name] = sum(f"{name}_0/module_" in line for line in log.read_text().splitlines())

    assert counts["many"] - counts["few"] <= 200
