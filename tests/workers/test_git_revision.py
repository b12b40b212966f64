"""What a name means among a repository's branches and tags."""

from __future__ import annotations

from zephyr_workers.git_revision import (
    RemoteReference,
    choose_reference,
    is_commit,
    near_references,
    parse_references,
)

_A, _B, _C = "a" * 40, "b" * 40, "c" * 40
_LISTING = f"{_A}\tHEAD\n{_A}\trefs/heads/main\n{_B}\trefs/tags/v1\n{_C}\trefs/tags/v1^{{}}\nwarning: noise\n"


def test_an_annotated_tag_is_the_commit_that_it_is_about() -> None:
    assert parse_references(_LISTING.encode()) == {
        "HEAD": _A,
        "refs/heads/main": _A,
        "refs/tags/v1": _C,
    }


def test_a_name_is_looked_up_as_git_does() -> None:
    references = {"HEAD": _A, "refs/heads/x": _A, "refs/tags/x": _B, "refs/pull/1/head": _C}

    assert choose_reference(references, None) == RemoteReference("HEAD", _A)
    assert choose_reference(references, "x") == RemoteReference("refs/tags/x", _B)
    assert choose_reference(references, "heads/x") == RemoteReference("refs/heads/x", _A)
    assert choose_reference(references, "pull/1/head") == RemoteReference("refs/pull/1/head", _C)
    assert choose_reference(references, "y") is None
    assert choose_reference({}, None) is None


def test_near_names_are_branches_and_tags_whatever_their_case() -> None:
    references = {"refs/heads/main": _A, "refs/tags/V1.0.0": _B, "refs/pull/1/main": _C}

    assert near_references(references, "mian") == ("main",)
    assert near_references(references, "v1.0") == ("V1.0.0",)
    assert near_references(references, "zzz") == ()


def test_a_whole_commit_id_has_one_of_two_lengths() -> None:
    assert is_commit(_A)
    assert is_commit(_A.upper())
    assert is_commit("0" * 64)
    assert not is_commit("0" * 41)
    assert not is_commit("main")
    assert not is_commit(None)
