"""How the process is kept small and quick while it resolves."""

from __future__ import annotations

import gc

import pytest

from zephyr.pipeline.heap import leave_alone, without_collections


def fail_without_collections() -> None:
    with without_collections():
        assert not gc.isenabled()
        raise KeyError


def test_garbage_is_searched_for_again_afterwards_whatever_happened() -> None:
    assert gc.isenabled()

    with pytest.raises(KeyError):
        fail_without_collections()

    assert gc.isenabled()


def test_whoever_wants_no_searches_gets_none_afterwards_either() -> None:
    gc.disable()

    try:
        with without_collections():
            pass

        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_left_alone_is_not_searched() -> None:
    made = [[number] for number in range(3)]

    try:
        leave_alone()

        assert not any(one is made[0] for one in gc.get_objects())
    finally:
        gc.unfreeze()

    assert any(one is made[0] for one in gc.get_objects())
