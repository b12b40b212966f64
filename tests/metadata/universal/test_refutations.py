"""What failed in one environment is tried first in the next: few projects, without what else they require."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fake_port import FakePort, Store, asked
from zephyr.metadata.explain import ResolutionError
from zephyr.metadata.known_documents import KnownDocuments
from zephyr.metadata.stored import resolve_stored
from zephyr.metadata.universal.refutations import Refutations

if TYPE_CHECKING:
    from zephyr.solver.proof import Proof


def clashing() -> FakePort:
    """Return a world in which ``a`` needs what cannot be had, and much else."""
    port = FakePort()
    port.serve("a", "1.0", ["other", "b>=2"])
    port.serve("b", "1.0")
    port.serve("other", "1.0", ["more"])
    port.serve("more", "1.0")

    return port


def proof_of(*requirements: str, port: FakePort) -> Proof:
    """Return why there is no solution."""
    with pytest.raises(ResolutionError) as failure:
        resolve_stored(asked(*requirements), Store(port))

    return failure.value.proof


def refuted(refutations: Refutations, store: Store, *requirements: str) -> bool:
    return refutations.refute(asked(*requirements), store, KnownDocuments())


def test_what_failed_fails_again_where_the_same_is_asked() -> None:
    refutations = Refutations()
    refutations.add(proof_of("a", port=clashing()))

    assert refuted(refutations, Store(clashing()), "a")
    assert refuted(refutations, Store(clashing()), "a", "more")


def test_where_the_facts_are_others_nothing_is_concluded() -> None:
    refutations = Refutations()
    refutations.add(proof_of("a", port=clashing()))
    mended = clashing()
    mended.serve("b", "2.0")

    assert not refuted(refutations, Store(mended), "a")
    assert not refuted(refutations, Store(clashing()), "other")


def test_only_the_projects_of_the_failure_are_looked_at() -> None:
    refutations = Refutations()
    refutations.add(proof_of("a", port=clashing()))

    assert refuted(refutations, Store(clashing(), "other"), "a")


def test_what_is_not_stored_refutes_nothing() -> None:
    refutations = Refutations()
    refutations.add(proof_of("a", port=clashing()))

    assert not refuted(refutations, Store(clashing(), "b"), "a")


def test_nothing_failed_yet() -> None:
    assert not refuted(Refutations(), Store(clashing()), "a")
