"""The same answer is the same bytes: whatever comes first from the network, whatever runs Zephyr."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.support.pyprojects import lock, relock

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

NAMES = [f"package-{number:02}" for number in range(16)]
MARKERS = (
    "",
    "; sys_platform == 'win32'",
    "; python_version < '3.13'",
    "; platform_machine == 'arm64'",
    "; implementation_name == 'pypy'",
)


@pytest.fixture
def world(cli: CommandLine) -> CommandLine:
    """A project of many packages with several versions, bounds, markers, extras, groups and a conflict."""
    dice = random.Random(7)

    for position, name in enumerate(NAMES):
        for version in ("1.0", "2.0"):
            later = dice.sample(NAMES[position + 1 : -1], min(3, max(0, len(NAMES) - position - 2)))
            cli.index.serve(
                name,
                version,
                requires=[f"{other}{dice.choice(('', '<2'))}{dice.choice(MARKERS)}" for other in later],
                extras={"more": [f"{other}{dice.choice(MARKERS)}" for other in later[:1]]},
                requires_python=dice.choice((None, ">=3.8", ">=3.12" if version == "2.0" else None)),
            )

    lock(
        cli,
        *(f"{name}{dice.choice(('', '[more]'))}" for name in NAMES[:4]),
        extras={"old": [f"{NAMES[-1]}<2"], "new": [f"{NAMES[-1]}>=2"]},
        groups={"dev": NAMES[4:8], "docs": [{"include-group": "dev"}, NAMES[9]]},
        tool='conflicts = [[{extra = "old"}, {extra = "new"}]]',
    )

    return cli


def text(cli: CommandLine, file: str = "pylock.toml") -> str:
    return (cli.folder / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", range(2))
def test_the_order_in_which_answers_come_changes_nothing(world: CommandLine, seed: int) -> None:
    expected = text(world)
    (world.folder / "pylock.toml").unlink()
    world.configure(ZEPHYR_CACHE_DIR=str(world.folder.parent / "another-cache"))

    # What is in the cache is there at once, before all that has to be asked for.
    world.write("some.in", "\n".join(random.Random(seed).sample(NAMES, 8)))
    relock(world, "-r", "some.in", "-o", "pylock.some.toml")
    relock(world)

    assert text(world) == expected


@pytest.mark.parametrize(
    "environ",
    [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Tokyo"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8", "COLUMNS": "40", "FORCE_COLOR": "1"},
    ],
    ids=str,
)
def test_another_process_writes_the_same_bytes(world: CommandLine, environ: dict[str, str]) -> None:
    expected = text(world)
    result = world.finish(world.start("lock", "-o", "pylock.again.toml", **environ))

    assert result.code == 0, result.err
    assert text(world, "pylock.again.toml") == expected


def test_another_folder_and_an_earlier_lock_change_nothing(
    world: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = text(world)
    elsewhere = world.folder.parent / "elsewhere" / "deeper"
    elsewhere.mkdir(parents=True)
    (elsewhere / "pyproject.toml").write_bytes((world.folder / "pyproject.toml").read_bytes())
    monkeypatch.chdir(elsewhere)
    relock(world)
    relock(world, "--upgrade")

    assert (elsewhere / "pylock.toml").read_text(encoding="utf-8") == expected
