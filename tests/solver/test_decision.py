from __future__ import annotations

from tests.support.world import FakeProvider, World
from zephyr.solver.decision import THRESHOLD, DecisionQueue, choose_version
from zephyr.solver.facts import Facts
from zephyr.solver.partial_solution import PartialSolution
from zephyr.solver.provider import Universe
from zephyr.solver.version_set import NOT_SELECTED, everything, single

COUNT = 3


class Queue:
    """A decision queue over packages of three versions each, all of them required."""

    def __init__(self, *names: str, first: str = "") -> None:
        world = World()
        for name in names:
            for version in range(COUNT):
                world.add(name.partition("[")[0], str(version), extras={"x": []})

        class Ranked(FakeProvider):
            def priority(self, package: object) -> int:
                return 0 if package == first else 1

        self.facts = Facts(Ranked(world))
        self.solution = PartialSolution()
        for _ in self.facts.introduce(names):
            raise AssertionError("all facts are known")

        for _ in self.facts.keys:
            self.solution.add_package(everything(COUNT) ^ NOT_SELECTED)

        self.queue = DecisionQueue(self.facts, self.solution)
        self.push(*names)

    def push(self, *names: str) -> None:
        self.queue.push(self.facts.number(name) for name in names)

    def narrow(self, name: str, versions: int) -> None:
        self.solution.allowed[self.facts.number(name)] = versions
        self.push(name)

    def blame(self, affected: str, *others: str, times: int = THRESHOLD) -> list[str]:
        culprits: list[int] = []
        for _ in range(times):
            culprits += self.queue.blame(
                self.facts.number(affected), [self.facts.number(name) for name in others]
            )

        return [str(self.facts.keys[culprit]) for culprit in culprits]

    def drain(self) -> list[str]:
        order: list[str] = []
        while (package := self.queue.pop()) is not None:
            order.append(str(self.facts.keys[package]))

        return order


def test_packages_come_in_the_order_of_their_first_mention() -> None:
    assert Queue("b", "c", "a").drain() == ["b", "c", "a"]


def test_the_providers_rank_comes_before_everything() -> None:
    queue = Queue("a", "b", "c", first="c")
    queue.narrow("b", single(0))
    assert queue.drain() == ["c", "b", "a"]


def test_a_package_with_one_version_left_comes_early_only_while_it_has() -> None:
    queue = Queue("a", "b", "c")
    queue.narrow("c", single(1))
    queue.narrow("b", single(0))
    queue.narrow("b", everything(COUNT) ^ NOT_SELECTED)
    assert queue.drain() == ["c", "a", "b"]


def test_those_that_lose_out_come_before_those_in_their_way_and_both_before_others() -> None:
    queue = Queue("a", "b", "c")
    assert queue.blame("c", "b") == ["b"]
    queue.push("b", "c")
    assert queue.drain() == ["c", "b", "a"]


def test_a_few_conflicts_change_nothing() -> None:
    queue = Queue("a", "b", "c")
    assert queue.blame("c", "b", times=THRESHOLD - 1) == []
    queue.push("b", "c")
    assert queue.drain() == ["a", "b", "c"]


def test_standing_is_kept_so_that_a_culprit_is_named_once() -> None:
    queue = Queue("a", "b")
    assert queue.blame("a", "b", times=5 * THRESHOLD) == ["b"]
    assert queue.blame("b", "a", times=THRESHOLD) == []


def test_an_extra_shares_the_standing_of_its_base_and_does_not_blame_it() -> None:
    queue = Queue("a", "b", "b[x]")
    assert queue.blame("b[x]", "b") == []
    assert queue.queue.conflicts == {queue.facts.number("b"): THRESHOLD}
    queue.push("b", "b[x]")
    assert queue.drain() == ["b", "b[x]", "a"]


def test_a_package_that_is_decided_or_no_longer_required_is_passed_over() -> None:
    queue = Queue("a", "b", "c")
    queue.solution.decide(queue.facts.number("a"), single(0))
    queue.narrow("b", everything(COUNT))
    assert queue.drain() == ["c"]


def test_the_newest_allowed_version_of_the_first_preference_is_chosen() -> None:
    universe = Universe(range(4), preferences=(0b10000, 0b00110))
    assert choose_version(universe, 0b11110) == 3
    assert choose_version(universe, 0b01110) == 1
    assert choose_version(universe, 0b01000) == 2


def test_the_oldest_is_chosen_where_that_is_wanted() -> None:
    assert choose_version(Universe(range(4), lowest=True), 0b01100) == 1
