"""``zephyr index versions``: what an index offers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said
from tests.support.installed_files import put_distribution

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def offered(cli: CommandLine) -> None:
    cli.index.serve("Demo", "1.0")
    cli.index.serve("Demo", "1.10")
    cli.index.serve("Demo", "2.0rc1")
    cli.index.serve("Demo", "3.0", requires_python=">=4")
    cli.index.serve("Demo", "4.0", yanked="broken")
    cli.index.serve("Demo", "5.0", tag="cp312-cp312-win_amd64")


def test_versions_that_suit_newest_first(cli: CommandLine) -> None:
    assert cli("index", "versions", "Demo") == said(
        out="""
        Demo (1.10)
        Available versions: 1.10, 1.0
        """,
    )


def test_what_is_installed_is_told(cli: CommandLine) -> None:
    put_distribution(cli.site, "demo", "1.0")

    assert cli("index", "versions", "demo", "--pre") == said(
        out="""
        demo (2.0rc1)
        Available versions: 2.0rc1, 1.10, 1.0
          INSTALLED: 1.0
          LATEST:    2.0rc1 (pre-release; install with `pip install --pre`)
        """,
    )
    assert json.loads(cli("index", "versions", "demo", "--json").out) == {
        "name": "demo",
        "versions": ["1.10", "1.0"],
        "latest": "1.10",
        "installed_version": "1.0",
    }


def test_versions_for_another_python(cli: CommandLine) -> None:
    ours = cli("index", "versions", "demo", "--ignore-requires-python")
    foreign = cli("index", "versions", "demo", "--platform", "win_amd64", "--python-version", "312")

    assert ours.out.startswith("demo (3.0)\n")
    assert foreign.out.startswith("demo (5.0)\n")


def test_options_may_come_first(cli: CommandLine) -> None:
    assert cli("--timeout", "5", "index", "--pre", "versions", "demo").out.startswith("demo (2.0rc1)\n")


def test_a_name_that_nobody_knows(cli: CommandLine) -> None:
    assert cli("index", "versions", "nonesuch") == failed("""
        error[no-matching-distribution]: No matching distribution found for nonesuch
        hint: Pre-releases are shown with --pre, those for other Pythons with --ignore-requires-python.
    """)


def test_a_version_of_python_that_is_none(cli: CommandLine) -> None:
    result = cli("index", "versions", "demo", "--python-version", "3.1.2.3")

    assert result.err.startswith("error[invalid-python-request]: invalid --python-version value: '3.1.2.3'")
