"""pip's own actions on a cache, for Zephyr's: ``info``, ``list``, ``remove`` and ``purge``."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any, Literal

from zephyr.cli.context import cache_location, output_of
from zephyr.cli.option_groups import OptionGroup, argument, command, option
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, TargetOptions
from zephyr.dataclass import dataclass
from zephyr.errors import ZephyrError
from zephyr_cache import Cache
from zephyr_cache.layout import TREES
from zephyr_cache.upkeep import Amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.cli.output import Output

PAGES = "pages-v1"


@dataclass(frozen=True)
class CacheListOptions(OptionGroup):
    """What pip accepts with every action on the cache; only a list has a layout."""

    format: Annotated[Literal["human", "abspath"], option("--format", help="How a list is laid out.")] = (
        "human"
    )


class CacheDisabled(ZephyrError):
    """Raised for an action on a cache that ``--no-cache`` has switched off; exits as pip does."""

    id = "cache-disabled"


@command
def info(
    cache: CacheOptions,
    output: OutputOptions,
    _network: NetworkOptionsGroup,
    _target: TargetOptions,
    _listing: CacheListOptions,
) -> None:
    """Print where the cache is and how much it holds."""
    say = output_of(output)
    path = _path(cache)

    with Cache.open(path) as opened:
        amounts = opened.size()
        wheels = sum(1 for tree in opened.trees() if not tree.variant)

    pages, trees = amounts.get(PAGES, Amount()), amounts.get(TREES, Amount())
    say.result(f"Package index page cache location (pip v23.3+): {path}/{PAGES}")
    say.result(f"Package index page cache size: {pip_size(pages.bytes)}")
    say.result(f"Number of HTTP files: {pages.files}")
    say.result(f"Locally built wheels location: {path}/{TREES}")
    say.result(f"Locally built wheels size: {pip_size(trees.bytes)}")
    say.result(f"Number of locally built wheels: {wheels}")


@command
def list_wheels(
    cache: CacheOptions,
    output: OutputOptions,
    listing: CacheListOptions,
    _network: NetworkOptionsGroup,
    _target: TargetOptions,
    pattern: Annotated[str, argument(help="A name, or a pattern of file names.")] = "*",
) -> None:
    """List the wheels in the cache, downloaded or built."""
    say = output_of(output)

    with Cache.open(_path(cache)) as opened:
        found = sorted(
            (str(tree.attributes["filename"]), tree.path, sum(file.size for file in tree.files))
            for tree in opened.trees()
            if _matches(tree.attributes, pattern)
        )

    if listing.format == "abspath":
        for path in sorted(path for _, path, _ in found):
            say.result(path)
    elif not found:
        say.result("No locally built wheels cached.")
    else:
        say.result("Cache contents:\n")

        for filename, _, size in found:
            say.result(f" - {filename} ({pip_size(size)})")


@command
def remove(
    cache: CacheOptions,
    output: OutputOptions,
    _network: NetworkOptionsGroup,
    _target: TargetOptions,
    _listing: CacheListOptions,
    pattern: Annotated[str, argument(help="A name, or a pattern of file names.")],
) -> None:
    """Remove the wheels whose names match."""
    say = output_of(output)

    with Cache.open(_path(cache)) as opened:
        matching = sum(1 for tree in opened.trees() if _matches(tree.attributes, pattern))
        removed = opened.clean(lambda attributes: _matches(attributes, pattern))

    if not matching:
        say.warn(f'No matching packages for pattern "{pattern}"')

    _tell_removed(removed, matching, say)


@command
def purge(
    cache: CacheOptions,
    output: OutputOptions,
    _network: NetworkOptionsGroup,
    _target: TargetOptions,
    _listing: CacheListOptions,
) -> None:
    """Remove everything."""
    say = output_of(output)

    with Cache.open(_path(cache)) as opened:
        trees = sum(1 for _ in opened.trees())
        removed = opened.clean()

    if not removed.files:
        say.warn("No matching packages")

    _tell_removed(removed, trees, say)


def _path(options: CacheOptions) -> str:
    location = cache_location(options)

    if location.temporary:
        raise CacheDisabled("Cache commands can not function since cache is disabled.")

    return location.path


def _matches(attributes: Mapping[str, Any], pattern: str) -> bool:
    """Tell whether a wheel's file name matches as pip has it: without a ``-`` in it, a pattern is a name."""
    filename = attributes.get("filename")
    whole = pattern + ("*.whl" if "-" in pattern else "-*.whl")

    return isinstance(filename, str) and fnmatchcase(filename.lower(), whole.lower())


def _tell_removed(removed: Amount, trees: int, output: Output) -> None:
    output.result(f"Files removed: {removed.files} ({pip_size(removed.bytes)})")
    output.result(f"Directories removed: {trees}")


def pip_size(size: int) -> str:
    """Return a number of bytes as pip shows it: ``812 bytes``, ``4.2 kB``, ``42 kB``, ``4.2 MB``."""
    if size > 1000 * 1000:
        return f"{size / 1000 / 1000:.1f} MB"

    if size > 10 * 1000:
        return f"{size // 1000} kB"

    return f"{size / 1000:.1f} kB" if size > 1000 else f"{size} bytes"
