"""``zephyr cache``: where it is, how large, whether it is sound, and making it smaller."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture
def filled(cli: CommandLine) -> CommandLine:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli("install", "demo")

    return cli


def test_its_folder(cli: CommandLine) -> None:
    assert cli("cache", "dir") == said(
        out="""
        [TMP]/cache
        """,
    )
    assert cli("cache", "dir", "--cache-dir", "elsewhere") == said(
        out="""
        [DIR]/elsewhere
        """,
    )


def test_its_size(filled: CommandLine) -> None:
    lines = [" ".join(line.split()) for line in filled("cache", "size").out.splitlines()]

    assert "trees-v1 [SIZE] 6 files" in lines
    assert lines[-1] == "total [SIZE]"
    amounts = json.loads(filled("cache", "size", "--json").out)
    assert sum(part["files"] for part in amounts.values()) > 4


def test_a_sound_cache(filled: CommandLine) -> None:
    result = filled("cache", "verify")

    assert result.code == 0
    assert result.out.endswith(", 0 damaged\n")


def test_damage_is_found_removed_and_healed(filled: CommandLine) -> None:
    (module,) = filled.cache.glob("trees-*/*/*/tree/*/dep/__init__.py")
    os.chmod(module, 0o644)
    module.unlink()
    module.write_text("poison\n")

    result = filled("cache", "verify")
    assert result.code == 1
    assert ("was damaged" in result.err, result.out.endswith(", 1 damaged\n")) == (True, True)
    filled.make_environment("other")
    assert filled("install", "-p", "other", "demo").code == 0
    assert filled("cache", "verify").code == 0


def test_what_belongs_to_one_package_can_go(filled: CommandLine) -> None:
    assert filled("cache", "clean", "Demo") == said(
        out="""
        Removed 3 files, [SIZE]
        """,
    )
    assert not list(filled.cache.glob("trees-*/*/*/tree/*/demo"))
    assert list(filled.cache.glob("trees-*/*/*/tree/*/dep"))


def test_everything_can_go(filled: CommandLine) -> None:
    assert filled("cache", "clean").out.startswith("Removed ")
    assert not [path for path in filled.cache.glob("trees-*/*/*") if path.name != "locks"]
    filled.make_environment("other")
    assert filled("install", "-p", "other", "demo").code == 0


def test_a_prune_keeps_what_an_environment_uses(filled: CommandLine) -> None:
    filled("cache", "prune", "--older-than", "0")

    assert len(list(filled.cache.glob("trees-*/*/*/tree/*/de*/__init__.py"))) == 2


def test_a_prune_after_nothing(cli: CommandLine) -> None:
    assert cli("cache", "prune").code == 0


def test_a_cache_of_a_newer_zephyr_is_refused(cli: CommandLine) -> None:
    (cli.folder / "newer").mkdir()
    cli.write("newer/format", "99\n")

    assert cli("cache", "size", "--cache-dir", "newer") == failed("""
        error[cache-too-new]: The cache '[DIR]/newer' has format '99'; this version knows format 1
        hint: Update Zephyr, or choose another folder with --cache-dir.
    """)


def test_a_cache_that_cannot_be_made_is_told_of_once(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.write("in-the-way", "")

    assert cli("install", "--cache-dir", "in-the-way", "demo") == said("""
        warning: The cache folder '[DIR]/in-the-way' cannot be written: File exists. A temporary cache is used instead.
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    assert cli.installed == {"demo": "1.0"}
    assert cli("cache", "size", "--cache-dir", "in-the-way") == failed("""
        error[cache-unwritable]: The cache folder '[DIR]/in-the-way' cannot be written: File exists
        hint: Choose another folder with --cache-dir or ZEPHYR_CACHE_DIR, or give this one to your user.
    """)


def test_no_cache_leaves_nothing(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")

    assert cli("install", "--no-cache", "--cache-dir", "unused", "demo").code == 0
    assert not (cli.folder / "unused").exists()
    assert cli.installed == {"demo": "1.0"}
