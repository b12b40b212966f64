"""Long options that are cut short mean what they can only mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.installed_files import put_distribution
from zephyr.cli.abbreviations import spelled_out
from zephyr.cli.word_order import ordered
from zephyr.errors import UsageError

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("list --form=json", "list --format=json"),
        ("list --form json", "list --format json"),
        ("install --no-warn-c demo", "install --no-warn-conflicts demo"),
        ("install --dry-run demo", "install --dry-run demo"),
        ("install --index-url --form demo", "install --index-url --form demo"),
        ("install -i --form demo", "install -i --form demo"),
        ("install -qi --form demo", "install -qi --form demo"),
        ("install -- --form", "install -- --form"),
        ("list --nonsense", "list --nonsense"),
        ("lst --form", "lst --form"),
        ("index versions --all-r x demo", "index versions --all-releases x demo"),
    ],
)
def test_only_what_is_an_option_is_spelled_out(given: str, wanted: str) -> None:
    assert spelled_out(given.split()) == wanted.split()


def test_several_names_of_one_option_are_no_reason_to_doubt() -> None:
    assert spelled_out(["install", "--no-dep", "demo"]) == ["install", "--no-deps", "demo"]


def test_what_may_mean_two_options_is_refused_with_both() -> None:
    with pytest.raises(UsageError) as caught:
        spelled_out(["install", "--ignore", "demo"])

    assert (
        caught.value.message == "ambiguous option: --ignore (--ignore-installed, --ignore-requires-python?)"
    )


def test_a_general_option_before_its_command_may_be_cut_short_with_its_value_behind() -> None:
    assert ordered(["--cache-d", "install", "list"]) == ["list", "--cache-d", "install"]


def test_a_command_runs_with_options_cut_short(cli: CommandLine) -> None:
    put_distribution(cli.site, "demo", "1.0")

    assert cli("list", "--form=freeze") == cli("list", "--format=freeze")
    assert cli("list", "--form=freeze").out == "demo==1.0\n"
    assert cli("list", "--no-such-thing").code == 2
