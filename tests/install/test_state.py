from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from zephyr.install.errors import StateTooNew
from zephyr.install.state import Installed, Owner, State, encode_state, read_state

if TYPE_CHECKING:
    from pathlib import Path


def test_a_state_comes_back_as_it_was_written(tmp_path: Path) -> None:
    root = str(tmp_path)
    owners = (Owner("a", f"{root}/.zephyr/shadowed/1-0"), Owner("b"))
    built = Installed("1.0", "e" * 64, source="d" * 64)
    state = State({"a": Installed("1.0", "f" * 64), "b": built}, {f"{root}/lib/x.py": owners})
    (tmp_path / "state").write_bytes(encode_state(state, root))

    assert read_state(root, root) == state
    assert state.wheels() == {"e" * 64, "f" * 64}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 1}', '{"format": 1, "distributions": [], "shared": 3}']
)
def test_a_damaged_state_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "state").write_text(text)

    assert read_state(str(tmp_path), str(tmp_path)) == State()


def test_a_missing_state_is_an_empty_one(tmp_path: Path) -> None:
    assert read_state(str(tmp_path), str(tmp_path)) == State()


def test_a_newer_state_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text(json.dumps({"format": 2}))

    with pytest.raises(StateTooNew):
        read_state(str(tmp_path), str(tmp_path))


def test_a_path_that_leads_out_is_not_believed(tmp_path: Path) -> None:
    document = {"format": 1, "distributions": {}, "shared": {"../../etc/x": [["a", None]]}}
    (tmp_path / "state").write_text(json.dumps(document))

    assert read_state(str(tmp_path), str(tmp_path)) == State()
