from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.lock_documents import document, entry, environment
from zephyr.lock.activation import activate
from zephyr.lock.errors import ConflictingActivations, InvalidLock, UnknownExtra, UnknownGroup
from zephyr.lock.inputs import LockInputs
from zephyr.model.universal import Activation, ActivationKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from packaging.pylock import Pylock


def on(locked: Pylock, *, extras: Collection[str] = (), groups: Collection[str] | None = None) -> list[str]:
    """Return the names of the entries whose marker is true."""
    active = activate(locked, environment(), extras, groups)

    return [package.name for package in locked.packages if active.holds(package.marker, package.name)]


def test_extras_and_groups_are_on_when_asked_for() -> None:
    locked = document(
        entry("base", "1"),
        entry("docs", "1", marker="'docs' in extras"),
        entry("dev", "1", marker="'dev' in dependency_groups"),
        entry("lint", "1", marker="'Lint_All' in dependency_groups"),
        extras=["docs"],
        dependency_groups=["dev", "Lint_All"],
        default_groups=["dev"],
    )

    assert on(locked) == ["base", "dev"]
    assert on(locked, groups=()) == ["base"]
    assert on(locked, extras=["Docs"], groups=["lint-all"]) == ["base", "docs", "lint"]


def test_an_unknown_extra_or_group_names_the_nearest() -> None:
    locked = document(extras=["docs"], dependency_groups=["dev"])

    with pytest.raises(UnknownExtra, match="doc") as extra:
        on(locked, extras=["doc"])

    with pytest.raises(UnknownGroup, match="zzz") as group:
        on(locked, groups=["zzz"])

    with pytest.raises(UnknownExtra) as none:
        on(document(), extras=["x"])

    assert (extra.value.hint, group.value.hint) == ("Is docs meant?", "It has dev.")
    assert none.value.hint == "It was made without extras."


def test_extras_in_conflict_are_not_turned_on_together() -> None:
    conflict = (Activation(ActivationKind.EXTRA, "cpu"), Activation(ActivationKind.GROUP, "gpu"))
    tool = {"zephyr": LockInputs(conflicts=(conflict,)).as_table()}
    locked = document(extras=["cpu"], dependency_groups=["gpu"], default_groups=["gpu"], tool=tool)

    with pytest.raises(ConflictingActivations, match="the extra cpu and the group gpu"):
        on(locked, extras=["cpu"])

    assert on(locked, extras=["cpu"], groups=()) == []
    assert on(locked) == []


@pytest.mark.parametrize("marker", ["extra == 'a'", "extras == 'a'"])
def test_a_marker_without_sense_is_refused(marker: str) -> None:
    with pytest.raises(InvalidLock, match="a: the marker"):
        on(document(entry("a", "1", marker=marker)))
