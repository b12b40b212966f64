"""``zephyr check``: pip's sentences and exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said
from tests.support.installed_files import put_distribution

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def packages(cli: CommandLine) -> None:
    put_distribution(cli.site, "Demo", "1.0", requires=["dep>=1"])


def test_nothing_is_wrong(cli: CommandLine) -> None:
    put_distribution(
        cli.site, "dep", "2.0", wheel="Wheel-Version: 1.0\nTag: py2-none-any\nTag: py3-none-any\n"
    )

    assert cli("check") == said(
        out="""
        No broken requirements found.
        """,
    )


def test_what_is_broken_is_told(cli: CommandLine) -> None:
    put_distribution(cli.site, "old", "1.0", requires=["demo>=7"])
    put_distribution(cli.site, "Foreign", "1.0", wheel="Tag: cp27-cp27m-win32\n")

    assert cli("check") == failed(
        "",
        out="""
        demo 1.0 requires dep, which is not installed.
        old 1.0 has requirement demo>=7, but you have demo 1.0.
        Foreign 1.0 is not supported on this platform
        """,
    )
