"""Our data classes do what those of the standard library do."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, asdict, is_dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from zephyr.dataclass import OFTEN, dataclass, field, fields, replace

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Point:
    across: int
    up: int = 0
    labels: Sequence[str] = field(default_factory=list[str])
    note: str = field(default="", compare=False)

    @property
    def total(self) -> int:
        """The sum of both."""
        return self.across + self.up


@dataclass(frozen=True, slots=True)
class Place(Point):
    name: str = "here"


@dataclass(slots=True)
class Counter:
    count: int = 0
    begun: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.begun = True


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    number: int


def test_an_instance_has_its_fields_and_defaults() -> None:
    point = Point(1, labels=["a"])

    assert (point.across, point.up, point.labels, point.note, point.total) == (1, 0, ["a"], "", 1)


def test_instances_are_the_same_whether_a_class_is_used_seldom_or_often() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Fresh:
        first: int
        second: Sequence[int] = field(default_factory=list[int])
        third: str = "three"

        def __post_init__(self) -> None:
            object.__setattr__(self, "third", self.third.upper())

    made = [Fresh(first=number) for number in range(3 * OFTEN)]

    assert [fresh.first for fresh in made] == list(range(3 * OFTEN))
    assert {fresh.third for fresh in made} == {"THREE"}
    assert len({id(fresh.second) for fresh in made}) == len(made)


def test_what_is_missing_or_unknown_is_told_as_always() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'across'"):
        Point()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

    with pytest.raises(TypeError, match="unexpected keyword argument 'depth'"):
        Point(1, depth=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_equality_and_hash_look_at_the_fields_that_are_compared() -> None:
    assert Point(1, 2, (), "one") == Point(1, 2, (), "other")
    assert hash(Point(1, 2, ())) == hash(Point(1, 2, ()))
    assert Point(1) != Place(1)
    assert Thing(1) != Thing(1)


def test_a_frozen_one_stays_as_it_is() -> None:
    point = Point(1)

    with pytest.raises(FrozenInstanceError):
        point.up = 3  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]

    assert not hasattr(point, "__dict__")


def test_one_that_is_not_frozen_changes_in_its_slots_alone() -> None:
    counter = Counter()
    counter.count += 1

    assert counter == Counter(1)
    assert counter.begun
    assert not hasattr(counter, "__dict__")


def test_without_slots_defaults_are_attributes_and_several_bases_can_be_had() -> None:
    @dataclass(frozen=True)
    class Sized:
        size: int = 1

    @dataclass(frozen=True)
    class Coloured:
        colour: str = "red"

    @dataclass(frozen=True)
    class Both(Sized, Coloured):
        name: str = ""

    assert (Both.size, Both.colour, Both.name) == (1, "red", "")
    assert repr(Both("blue", 2)).endswith("Both(colour='blue', size=2, name='')")
    assert Both("blue", 2) == replace(Both("blue"), size=2) != Both("blue")


def test_a_class_made_from_another_has_the_fields_of_both() -> None:
    place = Place(1, name="there")

    assert repr(place) == "Place(across=1, up=0, labels=[], note='', name='there')"
    assert [each.name for each in fields(Place)] == ["across", "up", "labels", "note", "name"]


def test_the_functions_of_the_standard_library_work_on_it() -> None:
    assert is_dataclass(Point)
    assert replace(Point(1), up=2).up == 2
    assert asdict(Thing(3)) == {"number": 3}


def test_a_pattern_takes_it_apart() -> None:
    match Point(1, 2):
        case Point(across, up):
            assert (across, up) == (1, 2)


def test_fields_can_be_asked_for_before_there_is_an_instance() -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        first: int
        second: int = 2

    assert [each.default for each in dataclasses.fields(Fresh)] == [dataclasses.MISSING, 2]
    assert Fresh(1).second == 2


def test_a_class_may_be_met_first_by_several_threads() -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        first: int

    with ThreadPoolExecutor(8) as pool:
        assert [fresh.first for fresh in pool.map(Fresh, range(100))] == list(range(100))


NAMES = some.sampled_from(["one", "two", "self_", "values"])


@given(some.lists(NAMES, unique=True), some.integers(0, 4), some.booleans(), some.booleans(), some.booleans())
def test_it_does_as_the_class_of_the_standard_library(
    names: list[str], required: int, frozen: bool, slots: bool, kw_only: bool
) -> None:
    content = {"__annotations__": dict.fromkeys(names, "int"), **dict.fromkeys(names[required:], 7)}
    kinds: list[Any] = [
        decorator(frozen=frozen, slots=slots, kw_only=kw_only)(type("Value", (), dict(content)))
        for decorator in (dataclass, dataclasses.dataclass)
    ]
    ours, standard = kinds
    arguments = dict(zip(names[:required], range(4), strict=False))
    mine, theirs = ours(**arguments), standard(**arguments)

    assert repr(mine) == repr(theirs)
    assert asdict(mine) == asdict(theirs)
    assert ours.__match_args__ == standard.__match_args__
    assert mine == ours(**arguments)
    assert [replace(mine, **{name: 9}) == mine for name in names] == [False for _ in names]
    assert (ours.__hash__ is None) == (standard.__hash__ is None)

    for name in names[:required]:
        for kind in (ours, standard):
            with pytest.raises(TypeError, match=f"'{name}'"):
                kind(**{other: 1 for other in names if other != name})
