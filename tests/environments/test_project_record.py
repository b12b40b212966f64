"""What is written down beside a central environment is read back, or is nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.errors import EnvironmentTooNew
from zephyr.environments.project_place import place_of
from zephyr.environments.project_record import FILE, read_record, recorded_use, write_record

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr.environments.project_place import ProjectPlace
    from zephyr.environments.project_record import ProjectRecord
    from zephyr.model.interpreter import Interpreter

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> ProjectPlace:
    return place_of(str(tmp_path / "demo"), str(tmp_path / "data"))


@pytest.fixture
def record(place: ProjectPlace, base: Interpreter) -> ProjectRecord:
    return recorded_use(None, place, base, ">=3.11", NOW)


def test_all_of_it_is_read_back(place: ProjectPlace, record: ProjectRecord, base: Interpreter) -> None:
    write_record(place.folder, record)

    assert read_record(place.folder) == record
    assert record.root == place.root
    assert record.path == place.environment
    assert (record.python, record.interpreter) == (base.version, base.base_executable)
    assert record.requested_python == ">=3.11"
    assert record.created == record.used == "2026-05-01T12:00:00+00:00"
    assert os.listdir(place.folder) == [FILE]


def test_a_use_soon_after_is_not_worth_writing(
    place: ProjectPlace, record: ProjectRecord, base: Interpreter
) -> None:
    soon, later = NOW + timedelta(hours=23), NOW + timedelta(hours=25)

    assert recorded_use(record, place, base, None, soon) == record
    assert recorded_use(record, place, base, None, later) == replace(record, used="2026-05-02T13:00:00+00:00")


def test_another_python_is_worth_writing_and_who_asked_for_it(
    place: ProjectPlace, record: ProjectRecord, base: Interpreter
) -> None:
    other = replace(base, version="3.99.1", base_executable="/opt/python3.99")

    assert recorded_use(record, place, other, "3.99", NOW) == replace(
        record, python="3.99.1", interpreter="/opt/python3.99", requested_python="3.99"
    )
    assert recorded_use(record, place, base, "3", NOW) == record


def test_a_damaged_time_is_written_anew(
    place: ProjectPlace, record: ProjectRecord, base: Interpreter
) -> None:
    for damaged in ("yesterday", "2026-05-01T12:00:00"):
        assert recorded_use(replace(record, used=damaged), place, base, None, NOW) == record


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"format": 1}',
        '{"format": "1", "root": "/"}',
        '{"root": "/demo"}',
        "\0",
        "[" * 100_000,
    ],
)
def test_what_zephyr_did_not_write_is_no_record(place: ProjectPlace, text: str) -> None:
    os.makedirs(place.folder)

    with open(os.path.join(place.folder, FILE), "w", encoding="utf-8") as file:
        file.write(text)

    assert read_record(place.folder) is None


def test_values_of_another_type_are_no_record(place: ProjectPlace, record: ProjectRecord) -> None:
    write_record(place.folder, replace(record, root=["/"]))  # type: ignore[arg-type]

    assert read_record(place.folder) is None


def test_a_newer_format_is_refused(place: ProjectPlace, record: ProjectRecord) -> None:
    write_record(place.folder, record)
    path = os.path.join(place.folder, FILE)

    with open(path, encoding="utf-8") as file:
        document = json.load(file)

    with open(path, "w", encoding="utf-8") as file:
        json.dump({**document, "format": 2}, file)

    with pytest.raises(EnvironmentTooNew) as caught:
        read_record(place.folder)

    assert caught.value.id == "environment-too-new"
