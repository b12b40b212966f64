from __future__ import annotations

from zephyr.solver.cause import Required
from zephyr.solver.phrases import Phrases
from zephyr.solver.proof import Leaf, Proof
from zephyr.solver.provider import Dependency, Restriction, Universe
from zephyr.solver.version_set import everything

VERSIONS = ("1.0", "1.1", "2.0", "2.1", "3.0", "3.1", "4.0", "4.1", "5.0", "5.1")
NOT = everything(10)


def phrases(*excluded: int) -> Phrases:
    universe = Universe(VERSIONS, tuple(Restriction(versions, "yanked") for versions in excluded))
    return Phrases(Proof((), {"p": universe, "q": Universe(("1",))}, ()))


def test_one_version_is_pinned() -> None:
    assert phrases().versions("p", 0b10000) == "p==2.1"


def test_runs_are_shown_as_bounds() -> None:
    words = phrases()
    assert words.versions("p", 0b00000001110) == "p<2.1"
    assert words.versions("p", 0b11111110000) == "p>=2.1"
    assert words.versions("p", 0b00000111000) == "p>=2.0,<3.1"
    assert words.versions("p", 0b00100111000) == "p>=2.0,<3.1 or ==4.1"


def test_all_and_none_have_words_of_their_own() -> None:
    words = phrases()
    assert words.versions("p", NOT ^ 1) == "every version of p"
    assert words.versions("p", 0) == "no version of p"
    assert words.versions("q", 0b10) == "q 1"


def test_a_scattered_set_is_cut_short() -> None:
    assert phrases().versions("p", 0b1010101010_0) == "p==1.1 or ==2.1 or ==3.1 or one of 5 versions in all"


def test_ranges_are_drawn_across_excluded_versions_but_not_beyond() -> None:
    words = phrases(0b00000010100)
    assert words.versions("p", 0b00000001010) == "p<2.1"
    assert words.versions("p", 0b00000001010, exact=True) == "p==1.0 or ==2.0"


def test_conclusions_say_what_may_not_hold_together() -> None:
    words = phrases()
    assert words.conclusion({}) == "your requirements cannot be met"
    assert words.conclusion({"p": 0b10}) == "p==1.0 cannot be used"
    assert words.conclusion({"p": 0b10, "q": 0b10}) == "p==1.0 and q 1 cannot be used together"
    assert words.conclusion({"p": 0b10, "q": 0b01}) == "p==1.0 requires q 1"
    assert words.conclusion({"p": NOT ^ 0b110}) == "p<2.0 is required"


def test_a_label_says_where_a_requirement_came_from() -> None:
    words = phrases()
    labelled = Dependency("p", ">=1", label="p>=1 (from requirements.txt)")
    assert words.leaf(Leaf({"p": 1}, Required(labelled))) == "you require p>=1 (from requirements.txt)"
    assert words.leaf(Leaf({"p": 1}, Required(Dependency("p", "@ file")))) == "you require p@ file"
    assert words.leaf(Leaf({"p": 1}, Required(Dependency("p", "from there")))) == "you require p from there"
