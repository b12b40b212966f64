"""What a resolve asks of the index, and how much of the cache it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.audited import audited

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

DRY_RUN = ("install", "--quiet", "--dry-run")
VERSIONS = 40


def serve_chain(cli: CommandLine, name: str, length: int) -> None:
    """Serve projects that each need the next one, in many versions."""
    for number in range(length):
        needs = [f"{name}-{number + 1}"] if number + 1 < length else []

        for version in range(VERSIONS):
            cli.index.serve(f"{name}-{number}", f"1.{version}", requires=needs)


def test_a_cold_resolve_asks_for_one_listing_and_one_document_of_each_project(cli: CommandLine) -> None:
    serve_chain(cli, "link", 6)

    cli(*DRY_RUN, "link-0")

    assert cli.index.count("/simple/*") == 6
    assert cli.index.count("*.metadata") == 6
    assert cli.index.count() == 12


def test_a_warm_resolve_asks_for_nothing(cli: CommandLine) -> None:
    serve_chain(cli, "link", 6)
    cli(*DRY_RUN, "link-0")
    asked = cli.index.count()

    seen = audited(cli, *DRY_RUN, "link-0")

    assert cli.index.count() == asked
    assert seen.calls["socket.connect"] == 0


def test_a_project_more_costs_a_warm_resolve_few_bytes_of_the_cache(cli: CommandLine) -> None:
    """Its versions and one document, as they were lowered when some 20 kB of JSON arrived."""
    serve_chain(cli, "short", 2)
    serve_chain(cli, "long", 12)

    for name in ("short", "long"):
        cli(*DRY_RUN, f"{name}-0")

    short, long = (audited(cli, *DRY_RUN, f"{name}-0") for name in ("short", "long"))
    more = long.read_below(cli.cache) - short.read_below(cli.cache)

    assert more <= 10 * 27_000
