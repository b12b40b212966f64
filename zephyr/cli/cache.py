"""``zephyr cache``: where the cache is, how large, whether it is sound, and making it smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from zephyr.cli.cache_wheels import CacheListOptions
from zephyr.cli.context import cache_location, output_of
from zephyr.cli.option_groups import argument, command, option
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, TargetOptions
from zephyr.cli.output import plural, shown_size
from zephyr_cache import Cache

if TYPE_CHECKING:
    from collections.abc import Mapping


@command
def folder(
    cache: CacheOptions,
    output: OutputOptions,
    _network: NetworkOptionsGroup,
    _target: TargetOptions,
    _listing: CacheListOptions,
) -> None:
    """Print the cache's folder."""
    output_of(output).result(cache_location(cache).path)


@command
def size(
    cache: CacheOptions,
    output: OutputOptions,
    json: Annotated[bool, option("--json", help="Print bytes and files per bucket as JSON.")] = False,
) -> None:
    """Print how much the cache holds."""
    say = output_of(output)

    with Cache.open(cache_location(cache).path) as opened:
        amounts = opened.size()

    if json:
        say.result_json({name: {"bytes": part.bytes, "files": part.files} for name, part in amounts.items()})
        return

    width = max(map(len, ("total", *amounts)))

    for name, part in sorted(amounts.items()):
        say.result(f"{name:{width}} {shown_size(part.bytes):>10}  {plural(part.files, 'file')}")

    total = sum(part.bytes for part in amounts.values())
    say.result(f"{'total':{width}} {shown_size(total):>10}")


@command
def verify(cache: CacheOptions, output: OutputOptions) -> None:
    """Read every file again and compare its hash.

    What is damaged is removed, and fetched again when it is needed.
    """
    say = output_of(output)
    checked = damaged = 0

    with Cache.open(cache_location(cache).path) as opened:
        for entry in opened.verify():
            checked += 1

            if entry.damaged:
                damaged += 1
                say.warn(f"{entry.bucket}/{entry.entry} was damaged and has been removed")

    say.result(f"{plural(checked, 'entry', 'entries')} checked, {damaged} damaged")

    if damaged:
        raise SystemExit(1)


@command
def clean(
    cache: CacheOptions,
    output: OutputOptions,
    names: Annotated[list[str] | None, argument(help="Packages to remove; everything by default.")] = None,
) -> None:
    """Remove everything, or what belongs to the packages named."""
    from zephyr.model.names import canonicalize_name

    wanted = {canonicalize_name(name) for name in names or ()}

    def named(attributes: Mapping[str, Any]) -> bool:
        return canonicalize_name(str(attributes.get("name", ""))) in wanted

    with Cache.open(cache_location(cache).path) as opened:
        removed = opened.clean(named if wanted else None)

    output_of(output).result(f"Removed {plural(removed.files, 'file')}, {shown_size(removed.bytes)}")


@command
def prune(
    cache: CacheOptions,
    output: OutputOptions,
    older_than: Annotated[
        float, option("--older-than", metavar="DAYS", help="Remove what was not used for so many days.")
    ] = 30.0,
) -> None:
    """Remove what is not in use and was not asked for in a while.

    In use is what an environment was installed from. What killed commands left goes as well.
    """
    with Cache.open(cache_location(cache).path) as opened:
        removed = opened.prune(older_than)

    output_of(output).result(f"Removed {plural(removed.files, 'file')}, {shown_size(removed.bytes)}")
