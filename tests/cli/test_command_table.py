"""The table of the command line is what the typed functions say, and the words in it are the engine's."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from zephyr.cli import command_table
from zephyr.cli.known_words import known_options, option_names
from zephyr.cli.tabulation import table
from zephyr.metadata.request import PreReleases, ResolutionMode
from zephyr.model.index import IndexStrategy
from zephyr.pipeline.request import UpgradeStrategy
from zephyr_cache.link import LinkMode

if TYPE_CHECKING:
    from enum import Enum


def test_the_table_is_what_the_functions_say() -> None:
    again = "run: python -m zephyr.cli.tabulation"

    assert inspect.getsource(command_table) == table(), again


def test_all_options_are_known_by_name() -> None:
    assert option_names() == known_options().keys()


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("index-strategy", IndexStrategy),
        ("link-mode", LinkMode),
        ("prerelease", PreReleases),
        ("resolution", ResolutionMode),
        ("upgrade-strategy", UpgradeStrategy),
    ],
)
def test_the_choices_of_an_option_are_those_of_the_engine(option: str, values: type[Enum]) -> None:
    assert known_options()[option] == tuple(value.value for value in values)
