"""Which extras and groups the options turn on."""

from __future__ import annotations

import pytest

from tests.support.lock_documents import document
from zephyr.cli.activation import activations_of
from zephyr.cli.lock_options import ActivationOptions
from zephyr.errors import UsageError
from zephyr.lock.errors import UnknownGroup
from zephyr.model.universal import BASE, Activation, ActivationKind

LOCK = document(
    extras=["docs", "tests"], dependency_groups=["dev", "lint", "Big_One"], default_groups=["dev"]
)


@pytest.mark.parametrize(
    ("options", "extras", "groups"),
    [
        (ActivationOptions(), "", "dev"),
        (ActivationOptions(extra=["docs"]), "docs", "dev"),
        (ActivationOptions(all_extras=True), "docs tests", "dev"),
        (ActivationOptions(group=["lint"]), "", "dev lint"),
        (ActivationOptions(all_groups=True), "", "Big_One dev lint"),
        (ActivationOptions(no_default_groups=True), "", ""),
        (ActivationOptions(no_default_groups=True, group=["lint"]), "", "lint"),
        (ActivationOptions(no_group=["Dev"]), "", ""),
        (ActivationOptions(all_groups=True, no_group=["big-one"]), "", "dev lint"),
        (ActivationOptions(only_group=["lint"]), "", "lint"),
        (ActivationOptions(only_group=["lint"], group=["dev"]), "", "dev lint"),
    ],
)
def test_what_is_on(options: ActivationOptions, extras: str, groups: str) -> None:
    on = activations_of(options, LOCK)

    assert (sorted(on.extras), sorted(on.groups)) == (extras.split(), groups.split())
    assert on.only_groups == bool(options.only_group)


def test_the_project_is_on_unless_only_groups_are() -> None:
    on = activations_of(ActivationOptions(extra=["Docs"]), LOCK)
    only = activations_of(ActivationOptions(only_group=["Big.One"]), LOCK)

    assert on.values == {
        BASE,
        Activation(ActivationKind.EXTRA, "docs"),
        Activation(ActivationKind.GROUP, "dev"),
    }
    assert only.values == {Activation(ActivationKind.GROUP, "big-one")}


def test_an_unknown_group_cannot_be_left_out() -> None:
    with pytest.raises(UnknownGroup):
        activations_of(ActivationOptions(no_group=["deu"]), LOCK)


def test_extras_are_no_part_of_a_group() -> None:
    with pytest.raises(UsageError) as caught:
        activations_of(ActivationOptions(only_group=["dev"], extra=["docs"]), LOCK)

    assert caught.value.id == "conflicting-options"
