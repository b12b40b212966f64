"""How the process is kept small and quick while it resolves."""

from __future__ import annotations

import gc

import pytest

from zephyr.pipeline.heap import without_collections


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
