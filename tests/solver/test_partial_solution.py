from __future__ import annotations

from zephyr.solver.cause import Restricted
from zephyr.solver.incompatibility import Incompatibility
from zephyr.solver.partial_solution import PartialSolution
from zephyr.solver.version_set import everything, single

A, B = 0, 1
FULL = everything(4)


def two_packages() -> PartialSolution:
    solution = PartialSolution()
    solution.add_package(FULL)
    solution.add_package(FULL)
    return solution


def because(package: int, term: int) -> Incompatibility:
    return Incompatibility({package: term}, Restricted("p", "a reason"))


def test_a_package_starts_with_everything_allowed() -> None:
    assert two_packages().allowed == [FULL, FULL]


def test_a_decision_begins_a_level_and_going_back_ends_it() -> None:
    solution = two_packages()
    solution.decide(A, single(2))
    solution.derive(B, single(0), because(B, FULL ^ single(0)))
    assert (solution.level, solution.allowed) == (1, [single(2), single(0)])
    assert solution.backjump(0) == {A, B}
    assert (solution.level, solution.allowed) == (0, [FULL, FULL])
    assert solution.decided == [None, None]


def test_going_back_one_level_keeps_the_levels_below() -> None:
    solution = two_packages()
    solution.decide(A, single(2))
    solution.decide(B, single(1))
    assert solution.backjump(1) == {B}
    assert solution.selected() == [(A, single(2))]


def test_the_satisfier_is_the_first_assignment_after_which_the_term_holds() -> None:
    solution = two_packages()
    solution.derive(A, 0b11110, because(A, 0b00001))
    solution.derive(A, 0b01110, because(A, 0b10000))
    solution.decide(A, 0b00010)
    assert solution.satisfier(A, 0b11110).after == 0b11110
    assert solution.satisfier(A, 0b01111).after == 0b01110
    assert solution.satisfier(A, 0b00011).after == 0b00010
    assert [solution.level_satisfying(A, term) for term in (0b11110, 0b00011)] == [0, 1]


def test_an_axiom_holds_from_the_beginning_whenever_it_is_learnt() -> None:
    solution = two_packages()
    solution.decide(A, single(2))
    solution.derive(B, 0b11110, because(B, 0b00001))
    solution.assume(because(B, 0b11000))
    assert solution.allowed[B] == 0b00110
    assert solution.holds_at_start(B, 0b00111)
    solution.backjump(0)
    assert solution.allowed[B] == 0b00111


def test_the_first_axiom_that_will_do_is_blamed() -> None:
    solution = two_packages()
    first, second, third = because(A, 0b10000), because(A, 0b11000), because(A, 0b01000)
    for axiom in (first, second, third):
        solution.assume(axiom)

    assert solution.cause_at_start(A, 0b01111) is first
    assert solution.cause_at_start(A, 0b00111) is second


def test_an_axiom_can_take_the_place_of_one_that_it_includes() -> None:
    solution = two_packages()
    narrow, other, wide = because(A, 0b10000), because(A, 0b00100), because(A, 0b11000)
    solution.assume(narrow)
    solution.assume(other)
    solution.assume(wide, replaces=narrow)
    assert solution.allowed[A] == 0b00011
    assert solution.cause_at_start(A, 0b00111) is wide
