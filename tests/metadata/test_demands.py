"""What the user's requirements and constraints say of each name."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from tests.support.fake_port import interpreter
from zephyr.metadata.demands import ConflictingHashes, Demand, dependencies_of, gather
from zephyr.metadata.requirements import RootRequirement, parse_root
from zephyr.metadata.target import Target

NAME = canonicalize_name("demo")
TARGET = Target.of(interpreter())


def roots(*texts: str, hashes: tuple[str, ...] = ()) -> list[RootRequirement]:
    return [parse_root(text, f"line {number}", hashes=hashes) for number, text in enumerate(texts, 1)]


def demand(*requirements: str, constraints: tuple[str, ...] = ()) -> Demand:
    return gather(roots(*requirements), roots(*constraints), TARGET)[NAME]


def test_requirements_and_constraints_of_a_name_are_joined() -> None:
    found = demand("Demo>=1", "demo[x]<3", constraints=("demo==2.0", "demo"))

    assert found.required
    assert found.exact == ("==2.0",)
    assert [str(root.requirement) for root in found.constraints] == ["demo==2.0"]


def test_a_constraint_alone_requires_nothing() -> None:
    assert not demand(constraints=("demo>1",)).required


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("demo==1.0", ("==1.0",)),
        ("demo===1.0", ("===1.0",)),
        ("demo==1.*", ()),
        ("demo>=1", ()),
        ("demo~=1.0", ()),
    ],
)
def test_only_a_whole_version_is_a_pin(text: str, exact: tuple[str, ...]) -> None:
    assert demand(text).exact == exact


@pytest.mark.parametrize(
    ("text", "named"),
    [("demo>=2.0rc1", True), ("demo==2.0.dev1", True), ("demo>=2.0", False), ("demo!=2.0rc1", False)],
)
def test_a_pre_release_is_named_by_what_admits_it(text: str, named: bool) -> None:
    assert demand(text).names_pre_release is named


def test_what_does_not_apply_here_says_nothing() -> None:
    assert gather(roots("demo ; os_name == 'nt'"), roots("demo==1 ; os_name == 'nt'"), TARGET) == {}


def test_hashes_given_twice_must_agree() -> None:
    both = [*roots("demo==1", hashes=("sha256:aa", "sha256:bb")), *roots("demo", hashes=("sha256:bb",))]

    assert gather(both, [], TARGET)[NAME].hashes == {"sha256:bb"}


@pytest.mark.parametrize("constrained", [False, True])
def test_hashes_that_have_none_in_common_are_refused_with_their_lines(constrained: bool) -> None:
    first = parse_root("demo==1", "r.txt line 1", hashes=("sha256:aa",))
    second = parse_root("demo", "r.txt line 7", hashes=("sha256:cc",))

    with pytest.raises(ConflictingHashes, match="demo") as raised:
        gather([first] if constrained else [first, second], [second] if constrained else [], TARGET)

    assert raised.value.details == (
        "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
        "    demo==1 (r.txt line 1): sha256:aa",
        "    demo (r.txt line 7): sha256:cc",
    )


def test_what_does_not_apply_here_gives_no_hashes() -> None:
    here = roots("demo==1", hashes=("sha256:aa",))
    elsewhere = roots("demo==2 ; os_name == 'nt'", hashes=("sha256:bb",))

    assert gather([*here, *elsewhere], [], TARGET)[NAME].hashes == {"sha256:aa"}


def test_a_requirement_with_extras_depends_on_the_base_and_each_proxy() -> None:
    (root,) = roots("demo[b,a]>1")

    assert [(str(one.package), one.constraint) for one in dependencies_of(root.requirement)] == [
        ("demo", ">1"),
        ("demo[a]", ">1"),
        ("demo[b]", ">1"),
    ]
