from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.installed_world import UnsyncedFileSystem
from zephyr.install.errors import JournalError
from zephyr.install.journal import Journal, Phase, begin, decode, encode, find, is_pending
from zephyr.install.operations import Make, Place, Retire

if TYPE_CHECKING:
    from pathlib import Path

ROOT = "/environments/one"
JOURNAL = Journal(
    ROOT,
    (
        Make(f"{ROOT}/.zephyr-saved"),
        Retire(f"{ROOT}/lib/a", f"{ROOT}/.zephyr/transaction-1/trash/0", (("", 0o755), ("in", 0o700))),
        Retire(f"{ROOT}/lib/b.py", f"{ROOT}/.zephyr/transaction-1/trash/1"),
    ),
    (
        Make(f"{ROOT}/lib/ns"),
        Place(f"{ROOT}/.zephyr/transaction-1/staged/a/purelib/a", f"{ROOT}/lib/a", tree=True),
        Place("/mnt/.zephyr/transaction-1/staged/a/data/x", "/mnt/x"),
    ),
)


def test_a_journal_comes_back_as_it_was_written() -> None:
    assert decode(encode(JOURNAL), ROOT) == JOURNAL


def test_undecodable_file_names_survive() -> None:
    journal = Journal(ROOT, (), (Make(f"{ROOT}/\udcff name\n"),))

    assert decode(encode(journal), ROOT) == journal


def test_a_moved_environment_is_recovered_where_it_is() -> None:
    inside = Journal(ROOT, JOURNAL.departures, JOURNAL.arrivals[:2])

    moved = decode(encode(inside), "/elsewhere")

    assert moved.arrivals[0] == Make("/elsewhere/lib/ns")


def test_a_moved_environment_with_paths_outside_is_refused() -> None:
    with pytest.raises(JournalError) as caught:
        decode(encode(JOURNAL), "/elsewhere")

    assert caught.value.id == "journal-moved"


def test_a_newer_format_is_refused_not_guessed() -> None:
    with pytest.raises(JournalError) as caught:
        decode(encode(JOURNAL).replace(b"journal 1 ", b"journal 2 "), ROOT)

    assert caught.value.id == "journal-too-new"


@pytest.mark.parametrize(
    "operation",
    [
        Place(f"{ROOT}/lib/private", f"{ROOT}/lib/a"),
        Place(f"{ROOT}/.zephyr/x", f"{ROOT}/../../etc/passwd"),
        Place(f"{ROOT}/.zephyr/../x", f"{ROOT}/lib/a"),
    ],
)
def test_paths_that_no_commit_writes_are_refused(operation: Place) -> None:
    with pytest.raises(JournalError) as caught:
        decode(encode(Journal(ROOT, (), (operation,))), ROOT)

    assert caught.value.id == "journal-corrupt"


@given(st.data())
def test_any_damage_is_refused(data: st.DataObject) -> None:
    good = encode(JOURNAL)
    position = data.draw(st.integers(0, len(good) - 1))
    damaged = (
        good[:position] + bytes([good[position] ^ data.draw(st.integers(1, 255))]) + good[position + 1 :]
    )
    torn = good[: data.draw(st.integers(0, len(good) - 1))]

    for broken in (damaged, torn):
        with pytest.raises(JournalError):
            decode(broken, ROOT)


def test_a_change_without_departures_begins_with_its_arrivals(tmp_path: Path) -> None:
    intent = Journal(str(tmp_path), (), (Make(f"{tmp_path}/lib"),))
    begin(intent, encode(intent), str(tmp_path), UnsyncedFileSystem())

    found = find(str(tmp_path), str(tmp_path))

    assert found is not None
    assert found[0] is Phase.ARRIVING
    assert is_pending(str(tmp_path))
