from __future__ import annotations

import pytest

from tests.support.fake_port import interpreter
from tests.support.packs import Packs
from zephyr.metadata import meanings as module
from zephyr.metadata.meanings import Meanings, Named, key_of
from zephyr.metadata.requirements import parse_root
from zephyr.metadata.target import Target


@pytest.fixture
def packs() -> Packs:
    return Packs()


def asked(meanings: Meanings) -> list[object]:
    target = Target(
        "3.12.1", {"python_version": "3.12"}, ["cp312-cp312-linux_x86_64", "py3-none-any"], meanings
    )

    return [
        parse_root("Demo[x] >=1.0, <2", "a file", known=meanings.roots).requirement,
        meanings.named("==1.0,!=2"),
        target.holds("python_version < '3.13'"),
        target.holds("extra == 'x'", "x"),
        target.python_mismatch(">=3.13") is None,
        target.rank("py2.py3-none-any"),
        target.rank("cp39-cp39-win32"),
    ]


def test_what_was_found_out_is_known_in_the_next_run(packs: Packs, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Meanings(packs, "target")
    answers = asked(first)
    first.save()

    for library in ("packaging.requirements", "packaging.markers", "packaging.specifiers"):
        monkeypatch.setitem(__import__("sys").modules, library, None)

    assert asked(Meanings(packs, "target")) == answers


def test_nothing_is_written_where_nothing_was_learnt(packs: Packs) -> None:
    first = Meanings(packs, "target")
    asked(first)
    first.save()

    second = Meanings(packs, "target")
    asked(second)
    second.save()

    assert packs.written == ["target"]


def test_a_pack_of_another_make_is_passed_over(packs: Packs) -> None:
    packs.kept["target"] = b"another make"

    assert Meanings(packs, "target").named("==1.0") == Named(("==1.0",), pre_release=False)


def test_too_many_are_not_carried_on(packs: Packs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 1)

    for specifier in ("==1.0", "==2.0"):
        meanings = Meanings(packs, "target")
        meanings.named(specifier)
        meanings.save()

    assert Meanings(packs, "target").specifiers.keys() == {"==2.0"}


@pytest.mark.parametrize(
    ("specifier", "exact", "pre_release"),
    [
        ("", (), False),
        ("==1.0", ("==1.0",), False),
        ("===1.0", ("===1.0",), False),
        ("==1.*", (), False),
        (">=1.0rc1", (), True),
        ("!=1.0rc1", (), False),
    ],
)
def test_a_specifier_names_versions(specifier: str, exact: tuple[str, ...], *, pre_release: bool) -> None:
    assert Meanings().named(specifier) == Named(exact, pre_release)


def test_targets_that_differ_in_anything_have_keys_of_their_own() -> None:
    one = interpreter()
    keys = {
        key_of(one.version, one.markers, one.tags),
        key_of("3.9.0", one.markers, one.tags),
        key_of(one.version, {**one.markers, "os_name": "nt"}, one.tags),
        key_of(one.version, one.markers, one.tags[1:]),
    }

    assert len(keys) == 4
