from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lock_documents import document
from zephyr.lock.inputs import LockInputs, locked_inputs
from zephyr.lock.writing import render
from zephyr.model.universal import BASE, Activation, ActivationKind

FOLDER = "/home/someone/app"
DOCS = Activation(ActivationKind.EXTRA, "docs")
DEV = Activation(ActivationKind.GROUP, "dev")

names = st.sampled_from(["a", "b-c", "d1", "e"])
lists = st.lists(names, max_size=3).map(tuple)
activations = st.just(BASE) | st.builds(
    Activation, st.sampled_from([ActivationKind.EXTRA, ActivationKind.GROUP]), names
)
requirements = st.lists(
    st.builds(
        "{}{}{}".format,
        names,
        st.sampled_from(["", ">=1", "[x,a] >= 2 , <3", " @ https://u:p@files.example/a.zip"]),
        st.sampled_from(["", " ; os_name == 'nt'"]),
    ),
    max_size=3,
).map(tuple)
all_inputs = st.builds(
    LockInputs,
    requirements=st.dictionaries(activations, requirements, max_size=4),
    requires_python=st.none() | st.just(">=3.11"),
    default_groups=lists,
    constraints=requirements,
    overrides=requirements,
    excludes=lists,
    targets=lists,
    conflicts=st.lists(
        st.lists(activations.filter(lambda one: one != BASE), max_size=3).map(tuple), max_size=2
    ).map(tuple),
    indexes=st.lists(
        st.sampled_from(["https://u:p@a.example/", "file:///home/someone/index"]), max_size=2
    ).map(tuple),
    package_indexes=st.dictionaries(names, st.just("https://u:p@a.example/"), max_size=2),
    rules=st.dictionaries(names, names, max_size=2),
    exclude_newer=st.none() | st.just("2026-01-01T00:00:00Z"),
)


def without_empty_base(inputs: LockInputs) -> dict[Activation, tuple[str, ...]]:
    return {key: texts for key, texts in inputs.requirements.items() if texts or key != BASE}


@given(all_inputs)
def test_what_a_lock_keeps_is_what_it_was_made_from(inputs: LockInputs) -> None:
    portable = inputs.portable(FOLDER)
    text = render(document(tool={"zephyr": portable.as_table()}))
    found = LockInputs.from_table(tomllib.loads(text).get("tool", {}).get("zephyr", {}))

    assert found is not None
    assert without_empty_base(found) == without_empty_base(portable)
    assert found.as_table() | {"requirements": 0} == portable.as_table() | {"requirements": 0}


@given(all_inputs)
def test_bringing_inputs_into_form_twice_changes_nothing(inputs: LockInputs) -> None:
    portable = inputs.portable(FOLDER)

    assert portable.portable(FOLDER) == portable


@given(all_inputs)
def test_neither_passwords_nor_absolute_paths_are_kept(inputs: LockInputs) -> None:
    table = str(inputs.portable(FOLDER).as_table())

    assert "u:p@" not in table
    assert "/home/" not in table


def test_a_requirement_is_kept_in_one_spelling() -> None:
    given = (
        "Foo.Bar[ B, a ] >= 2 , <3 ; os_name=='nt'",
        "x@https://files.example/x.zip",
        "foo-bar[a,b]<3,>=2; os_name == 'nt'",
    )
    inputs = LockInputs({BASE: given}).portable(FOLDER)

    assert inputs.requirements[BASE] == (
        'foo-bar[a,b]<3,>=2; os_name == "nt"',
        "x @ https://files.example/x.zip",
    )


def test_a_local_requirement_is_relative_to_the_lock() -> None:
    inputs = LockInputs({BASE: ("x @ file:///home/someone/lib%20x ; os_name == 'nt'", "./beside")}).portable(
        FOLDER
    )

    assert inputs.requirements[BASE] == ("./beside", 'x @ ../lib x ; os_name == "nt"')


def test_the_order_of_indexes_is_kept_because_the_first_wins() -> None:
    indexes = ("https://b.example/", "https://a.example/")

    assert LockInputs(indexes=indexes).portable(FOLDER).indexes == indexes


def test_an_extra_without_requirements_is_kept() -> None:
    table = LockInputs({BASE: ("a",), DOCS: (), DEV: ("b",)}).as_table()

    assert table == {"requirements": {"project": ["a"], "extra": {"docs": []}, "group": {"dev": ["b"]}}}


def test_two_edits_of_different_inputs_touch_different_lines() -> None:
    base = LockInputs({BASE: ("a", "m", "z")}, constraints=("c<1", "d<1"), rules={"resolution": "highest"})
    one = LockInputs(
        {BASE: ("a", "b", "m", "z")}, constraints=("c<1", "d<1"), rules={"resolution": "highest"}
    )
    two = LockInputs({BASE: ("a", "m", "z")}, constraints=("c<1", "d<1"), rules={"resolution": "lowest"})
    lines = [
        set(render(document(tool={"zephyr": each.as_table()})).splitlines()) for each in (base, one, two)
    ]

    assert lines[1] - lines[0] == {'    "b",'}
    assert lines[2] - lines[0] == {'resolution = "lowest"'}


@pytest.mark.parametrize(
    "table",
    [
        {"constraints": "a"},
        {"constraints": [1]},
        {"requirements": []},
        {"requirements": {"project": {"a": []}}},
        {"requirements": {"other": {}}},
        {"requirements": {"extra": ["a"]}},
        {"requires-python": 3},
        {"conflicts": [[{"extra": "a", "group": "b"}]]},
        {"conflicts": [{"extra": "a"}]},
        {"conflicts": [[{"what": "a"}]]},
        {"rules": {"a": {}}},
        {"package-indexes": []},
    ],
)
def test_a_table_of_another_shape_says_nothing(table: dict[str, Any]) -> None:
    assert LockInputs.from_table(table) is None
    assert locked_inputs(document(tool={"zephyr": table})) is None


def test_what_a_later_zephyr_adds_is_passed_over() -> None:
    assert LockInputs.from_table({"later": {"x": 1}, "constraints": ["a"]}) == LockInputs(constraints=("a",))


@pytest.mark.parametrize("tool", [None, {}, {"zephyr": 1}, {"other": {}}])
def test_another_tools_lock_says_nothing(tool: dict[str, Any] | None) -> None:
    assert locked_inputs(document(tool=tool)) is None
