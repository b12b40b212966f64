"""What commands share: from option groups to the values that the pipeline takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.cli.output import Output
from zephyr.pipeline.cache import CacheLocation

if TYPE_CHECKING:
    from zephyr.cli.options import CacheOptions, OutputOptions


def output_of(options: OutputOptions) -> Output:
    """Return the output at the level that ``-v`` and ``-q`` ask for."""
    return Output(level=min(options.verbose, 3) - min(options.quiet, 2))


def cache_location(options: CacheOptions) -> CacheLocation:
    """Return which cache the options name."""
    return CacheLocation(options.cache_dir, temporary=options.no_cache)
