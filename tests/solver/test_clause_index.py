from __future__ import annotations

from tests.support.world import FakeProvider, World, parse_dependency
from zephyr.solver.cause import Depends
from zephyr.solver.clause_index import ClauseIndex
from zephyr.solver.facts import Facts
from zephyr.solver.version_set import single

P, Q = 0, 1


def index_of(*needs: tuple[int, str]) -> ClauseIndex:
    """An index to which versions of `p` with what they need of `q`, which has five versions, were added."""
    world = World()
    for version in range(5):
        world.add("p", str(version))
        world.add("q", str(version))

    facts = Facts(FakeProvider(world))
    for _ in facts.introduce(["p", "q"]):
        raise AssertionError("all facts are known")

    index = ClauseIndex(facts)
    index.add_package()
    index.add_package()

    for version, text in needs:
        dependency = parse_dependency(text)
        requirement = index.require(P, Q, facts.lower(Q, dependency.constraint), dependency)
        index.take_in(P, version, [requirement], [dependency])

    return index


def test_versions_with_the_same_need_share_one_requirement() -> None:
    index = index_of((3, "q >=2"), (2, "q >=2"), (1, "q >=1"))
    (newer,), (older,), (other,) = (index.by_version[P][version] for version in (3, 2, 1))
    assert newer is older
    assert newer is not other
    assert newer.incompatibility().terms == {P: single(3) | single(2), Q: 0b000111}


def test_an_incompatibility_does_not_change_when_its_requirement_grows() -> None:
    index = index_of((3, "q >=2"))
    (requirement,) = index.by_version[P][3]
    before = requirement.incompatibility()
    assert requirement.incompatibility() is before
    dependency = parse_dependency("q >=2")
    index.take_in(P, 2, [index.require(P, Q, requirement.needed, dependency)], [dependency])
    assert before.terms[P] == single(3)
    assert requirement.incompatibility().terms[P] == single(3) | single(2)


def test_the_same_set_written_otherwise_is_the_same_requirement_and_says_so() -> None:
    index = index_of((3, "q >=2"), (2, "q >1"))
    (requirement,) = index.by_version[P][2]
    assert requirement.incompatibility().cause == Depends("p", parse_dependency("q >=2"), uniform=False)


def test_needs_that_no_version_meets_are_told_apart_by_their_text() -> None:
    index = index_of((3, "q >=7"), (2, "q >=8"))
    (newer,), (older,) = index.by_version[P][3], index.by_version[P][2]
    assert newer is not older
    assert newer.incompatibility().terms == {P: single(3)}


def test_the_newest_needed_version_is_the_first_support() -> None:
    index = index_of((3, "q <=2"), (2, "q ==1"))
    assert index.supports[Q] == single(2) | single(1)
    assert set(index.by_support[Q]) == {2, 1}
