from __future__ import annotations

from zephyr.solver.cause import Derived, Restricted
from zephyr.solver.conflict import resolve, resolve_conflict
from zephyr.solver.incompatibility import Incompatibility
from zephyr.solver.partial_solution import PartialSolution
from zephyr.solver.version_set import everything, single

A, B, C = 0, 1, 2
FULL = [everything(3)] * 3
NOT = everything(3)
CAUSE = Restricted("p", "a reason")


def three_packages() -> PartialSolution:
    solution = PartialSolution()
    for full in FULL:
        solution.add_package(full)

    return solution


def incompatible(terms: dict[int, int]) -> Incompatibility:
    return Incompatibility(terms, CAUSE)


class TestResolution:
    def test_the_package_resolved_on_is_dropped_where_both_sets_cover_everything(self) -> None:
        one, other = incompatible({A: 0b0100, B: 0b0010}), incompatible({A: NOT ^ 0b0100, C: 0b1000})
        resolved = resolve(one, other, A, NOT)
        assert resolved.terms == {B: 0b0010, C: 0b1000}
        assert resolved.cause == Derived(one, other)

    def test_otherwise_the_union_stays(self) -> None:
        resolved = resolve(incompatible({A: 0b0100}), incompatible({A: 0b0010, C: 0b1000}), A, NOT)
        assert resolved.terms == {A: 0b0110, C: 0b1000}

    def test_on_shared_packages_both_terms_must_hold(self) -> None:
        one, other = incompatible({A: 0b0100, B: 0b0110}), incompatible({A: NOT ^ 0b0100, B: 0b1100})
        assert resolve(one, other, A, NOT).terms == {B: 0b0100}


class TestConflict:
    def test_a_conflict_with_a_decision_goes_back_to_the_level_of_the_other_term(self) -> None:
        solution = three_packages()
        for package in (A, B, C):
            solution.decide(package, single(0))

        conflict = incompatible({A: single(0), C: single(0)})
        resolved = resolve_conflict(conflict, solution, FULL)
        assert resolved.incompatibility is conflict
        assert (resolved.package, resolved.level, resolved.last) == (C, 1, A)

    def test_of_the_other_terms_the_last_to_hold_is_named(self) -> None:
        solution = three_packages()
        for package in (B, A, C):
            solution.decide(package, single(0))

        resolved = resolve_conflict(incompatible(dict.fromkeys((A, B, C), single(0))), solution, FULL)
        assert (resolved.package, resolved.level, resolved.last) == (C, 2, A)

    def test_the_reason_is_sought_behind_derivations_of_the_same_level(self) -> None:
        solution = three_packages()
        solution.decide(A, single(0))
        solution.decide(B, single(0))
        solution.derive(C, single(1), incompatible({B: single(0), C: NOT ^ single(1)}))
        resolved = resolve_conflict(incompatible({A: single(0), B: single(0), C: single(1)}), solution, FULL)
        assert resolved.incompatibility.terms == {A: single(0), B: single(0)}
        assert (resolved.package, resolved.level) == (B, 1)

    def test_what_concerns_one_package_alone_takes_back_no_more_than_its_level(self) -> None:
        solution = three_packages()
        solution.assume(incompatible({C: single(2)}))
        solution.decide(A, single(0))
        solution.decide(B, single(0))
        resolved = resolve_conflict(incompatible({B: single(0), C: NOT ^ single(2)}), solution, FULL)
        assert resolved.incompatibility.terms == {B: single(0)}
        assert resolved.level == 1

    def test_a_conflict_of_axioms_leaves_no_terms(self) -> None:
        solution = three_packages()
        solution.assume(incompatible({A: 0b0001}))
        solution.assume(incompatible({B: 0b1100}))
        resolved = resolve_conflict(incompatible({A: 0b1110, B: 0b0011}), solution, FULL)
        assert resolved.incompatibility.terms == {}

    def test_a_term_that_was_satisfied_in_two_steps_is_ruled_out_as_a_whole(self) -> None:
        solution = three_packages()
        solution.decide(B, single(0))
        solution.derive(A, 0b0111, incompatible({B: single(0), A: 0b1000}))
        solution.decide(C, single(0))
        solution.derive(A, 0b0011, incompatible({C: single(0), A: 0b0100}))
        resolved = resolve_conflict(incompatible({A: 0b0011}), solution, FULL)
        assert resolved.package == A
        assert resolved.level == 1
        assert resolved.incompatibility.terms == {A: 0b0011}
