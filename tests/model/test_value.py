"""Values: what dataclasses promise, kept without them."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any

import pytest

from zephyr.model.value import Value


class Point(Value):
    x: int
    y: int = 0


class Coloured(Value):
    colour: str


class Named(Point):
    name: str = "origin"


def test_fields_are_given_by_place_or_by_name() -> None:
    assert Point(1, 2) == Point(x=1, y=2) == Point(1, y=2)
    assert (Named(1, 2, "here").name, Named(1).name, Point(1).y) == ("here", "origin", 0)


class Both(Named, Coloured):
    """Of two values."""


def test_fields_come_from_all_bases() -> None:
    fields: dict[str, Any] = {"x": 1, "y": 0, "name": "here", "colour": "red"}

    assert Both(**fields).as_dict() == fields


def test_equality_and_hash_look_at_all_fields_and_the_class() -> None:
    assert Point(1) == Point(1, 0) != Point(1, 1)
    assert Point(1) != Named(1)
    assert len({Point(1), Point(1, 0), Point(2)}) == 2


def test_a_value_cannot_be_changed() -> None:
    point = Point(1)

    with pytest.raises(AttributeError, match="Point is frozen"):
        point.x = 2  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]

    with pytest.raises(AttributeError, match="Point is frozen"):
        delattr(point, "x")


def test_another_value_is_made_with_other_fields() -> None:
    assert Point(1, 2).but(y=3) == dataclasses.replace(Point(1, 2), y=3) == Point(1, 3)
    assert Named(1).but(name="there").as_dict() == {"x": 1, "y": 0, "name": "there"}
    assert dataclasses.asdict(Named(1)) == {"x": 1, "y": 0, "name": "origin"}


def test_it_is_shown_with_its_fields() -> None:
    assert repr(Named(1)) == "Named(x=1, y=0, name='origin')"


@pytest.mark.parametrize("arguments", [((), {}), ((1, 2, 3), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_fields_that_do_not_fit_are_refused(arguments: tuple[tuple[int, ...], dict[str, int]]) -> None:
    values, named = arguments

    with pytest.raises(TypeError, match="Point has the fields"):
        Point(*values, **named)


def test_defining_one_imports_nothing() -> None:
    program = (
        "import sys; before = set(sys.modules); import zephyr.model.interpreter; "
        "print(*sorted(set(sys.modules) - before))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout

    assert {name.partition(".")[0] for name in printed.split()} <= {"__future__", "zephyr"}
