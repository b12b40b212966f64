from __future__ import annotations

import pytest

from tests.support.world import World
from zephyr.solver.cause import Depends, Required, Restricted
from zephyr.solver.errors import NoSolution
from zephyr.solver.proof import Inference, Leaf, Proof


def proof(world: World, *roots: str) -> Proof:
    with pytest.raises(NoSolution) as caught:
        world.resolve(*roots)

    return caught.value.proof


def clash() -> Proof:
    world = World()
    world.add("a", "1", ["b >=2"])
    world.add("b", "1")
    world.add("b", "2")
    world.add("c", "1")
    world.restrict("b", "==2", "yanked")
    return proof(world, "a", "c")


def test_causes_stand_before_what_follows_from_them_and_the_end_rules_out_everything() -> None:
    steps = clash().steps
    for place, step in enumerate(steps):
        assert not isinstance(step, Inference) or max(step.causes) < place

    assert steps[-1].terms == {}


def test_every_step_but_the_last_is_used() -> None:
    steps = clash().steps
    used = {cause for step in steps if isinstance(step, Inference) for cause in step.causes}
    assert used == set(range(len(steps) - 1))


def test_the_leaves_name_packages_by_their_keys_and_the_rules_that_emptied_a_set() -> None:
    leaves = {type(leaf.cause): leaf for leaf in clash().leaves()}
    assert set(leaves) == {Required, Depends, Restricted}
    assert leaves[Restricted] == Leaf({"b": 0b100}, Restricted("b", "yanked"))
    assert leaves[Depends].terms == {"a": 0b10, "b": 0b011}


def test_what_was_required_is_kept_with_what_the_proof_does_not_need() -> None:
    found = clash()
    assert [root.package for root in found.roots] == ["a", "c"]
    assert set(found.universes) == {"a", "b"}


def test_a_package_that_does_not_exist_has_its_empty_universe() -> None:
    assert proof(World(), "nope").universes["nope"].versions == ()
