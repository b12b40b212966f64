"""How often the index is asked: once for each fact, and never for what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def world(cli: CommandLine) -> None:
    cli.index.serve("a", "1.0", requires=["b", "c[x]"])
    cli.index.serve("b", "1.0", requires=["d"])
    cli.index.serve("c", "1.0", extras={"x": ["d>=1"]})
    cli.index.serve("d", "1.0")


def asked(cli: CommandLine) -> tuple[int, int, int]:
    """How many listings, metadata documents and wheels were asked for."""
    index = cli.index

    return index.count("/simple/*"), index.count("*.metadata"), index.count("*.whl")


def test_a_cold_install_asks_once_for_each_fact(cli: CommandLine) -> None:
    assert cli("install", "a").code == 0
    assert asked(cli) == (4, 4, 4)


def test_a_warm_install_asks_for_nothing(cli: CommandLine) -> None:
    cli("install", "a")
    cli.make_environment("other")
    cli.index.requests.clear()

    assert cli("install", "-p", "other", "a").code == 0
    assert cli.index.count() == 0


def test_a_refresh_asks_again_and_fetches_nothing(cli: CommandLine) -> None:
    cli("install", "a")
    cli.make_environment("other")
    cli.index.requests.clear()

    assert cli("install", "--refresh", "-p", "other", "a").code == 0
    assert {request.status for request in cli.index.requests} == {304}
    assert asked(cli) == (4, 0, 0)


def test_listings_without_freshness_are_fresh_for_a_while(cli: CommandLine) -> None:
    cli.index.cache_control = None
    cli.index.etags = False
    cli("install", "a")
    cli.make_environment("other")
    cli.index.requests.clear()

    assert cli("install", "-p", "other", "a").code == 0
    assert cli.index.count() == 0


def test_a_dry_run_fetches_no_wheel(cli: CommandLine) -> None:
    cli("install", "--dry-run", "a")

    assert asked(cli) == (4, 4, 0)


def test_without_metadata_siblings_only_the_end_of_a_wheel_is_read(cli: CommandLine) -> None:
    cli.index.siblings = False
    cli.index.serve("big", "1.0", files={f"big/{number}.txt": f"{number}" * 9999 for number in range(99)})
    cli("install", "--dry-run", "big")

    ranges = [request for request in cli.index.matching("*/big-*") if request.status == 206]
    assert ranges
    assert len(ranges) == cli.index.count("*/big-*")


def test_what_is_installed_already_is_not_fetched(cli: CommandLine) -> None:
    cli("install", "d")
    cli("cache", "clean")
    cli.index.requests.clear()
    cli("install", "a")

    assert cli.index.count("*/d-1.0-*.whl") == 0


def test_a_mended_listing_is_seen_after_a_failure(cli: CommandLine) -> None:
    assert cli("install", "e").code == 1
    cli.index.serve("e", "1.0")

    assert cli("install", "--refresh", "e").code == 0
