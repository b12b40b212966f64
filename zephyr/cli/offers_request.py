"""Asks indexes what they offer, as the options of ``list`` and ``index`` say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.cli.context import cache_location, interpreter_to_choose_for
from zephyr.cli.option_values import network_of, sources_of
from zephyr.cli.progress import shown_progress
from zephyr.cli.selection_rules import rules_for
from zephyr.metadata.requirements_file import RequirementsFile
from zephyr.pipeline.offers import Wish, find_offers
from zephyr.pipeline.request import SupplyRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, SourceOptions, TargetOptions
    from zephyr.cli.output import Output
    from zephyr.cli.selection_options import SelectionOptions
    from zephyr.model.interpreter import Interpreter
    from zephyr.pipeline.offers import Offer


def latest_offers(
    names: Iterable[NormalizedName],
    selection: SelectionOptions,
    sources: SourceOptions,
    target: TargetOptions,
    cache: CacheOptions,
    network: NetworkOptionsGroup,
    output: Output,
) -> dict[str, Offer]:
    """Return the newest version of each project; without those of which nothing suits."""
    interpreter = interpreter_to_choose_for(target, cache, output)
    found = offers(names, selection, sources, interpreter, cache, network, output)

    return {name: versions[-1] for name, versions in found.items() if versions}


def offers(
    names: Iterable[NormalizedName],
    selection: SelectionOptions,
    sources: SourceOptions,
    interpreter: Interpreter,
    cache: CacheOptions,
    network: NetworkOptionsGroup,
    output: Output,
    *,
    any_python: bool = False,
) -> dict[NormalizedName, tuple[Offer, ...]]:
    """Return the versions of each project that suit ``interpreter``, ascending.

    ``any_python`` leaves Requires-Python out of account.
    """
    files = RequirementsFile()
    request = SupplyRequest(
        sources=sources_of(sources, files),
        network=network_of(network, sources, files),
        refresh=sources.refresh or bool(selection.refresh_package),
        cache=cache_location(cache),
    )

    wish = Wish(interpreter, lambda name: rules_for(selection, name), any_python)

    with shown_progress(output, live=False) as display:
        return find_offers(
            names,
            wish,
            request,
            os.environ,
            display.listen,
            output.warn,
        )
