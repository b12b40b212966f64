"""The options that ``download`` and ``wheel`` share: those of an install that say what is taken."""

from __future__ import annotations

from zephyr.cli.amendment_options import AmendmentOptions
from zephyr.cli.foreign_options import ForeignOptions
from zephyr.cli.input_options import InputOptions
from zephyr.cli.install_options import ScopeOptions
from zephyr.cli.options import (
    BuildingOptions,
    CacheOptions,
    NetworkOptionsGroup,
    OutputOptions,
    ResolverOptions,
    SourceOptions,
    TargetOptions,
)
from zephyr.dataclass import dataclass


@dataclass(frozen=True)
class GatherOptions(
    InputOptions,
    ResolverOptions,
    BuildingOptions,
    SourceOptions,
    AmendmentOptions,
    ScopeOptions,
    ForeignOptions,
    TargetOptions,
    CacheOptions,
    NetworkOptionsGroup,
    OutputOptions,
):
    """All of these groups as one."""
