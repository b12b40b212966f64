from __future__ import annotations

import marshal

import pytest

from tests.support.fake_port import interpreter
from tests.support.packs import Packs
from zephyr.metadata.candidates import Candidates, read_candidates
from zephyr.metadata.choices import Picked
from zephyr.metadata.judgement import Judge
from zephyr.metadata.known_documents import KnownDocuments
from zephyr.metadata.meanings import Meanings, key_of
from zephyr.metadata.reasons import BuildExcluded, HashMissing, NoCompatibleWheel, PythonMismatch, Yanked
from zephyr.metadata.request import ALL, Rules
from zephyr.metadata.target import Target
from zephyr.metadata.verdicts import Verdict, pack_verdict, unpack_verdict
from zephyr.model.artifact import Artifact, Listing
from zephyr.model.names import canonicalize_name
from zephyr.model.releases import Releases
from zephyr.solver.provider import Restriction

NAME = canonicalize_name("demo")
FILES = tuple(
    Artifact(f"demo-{version}-{tag}.whl", f"https://files.example/demo-{version}-{tag}.whl")
    for version in ("1.0", "2.0")
    for tag in ("py3-none-any", "cp39-cp39-win32")
)


def target(python: str, packs: Packs) -> Target:
    found = interpreter(python)

    return Target.of(found, Meanings(packs, key_of(found.version, found.markers, found.tags)))


def candidates_of(
    target: Target, known: KnownDocuments, rules: Rules, *, identity: str = "one"
) -> Candidates:
    releases = Releases.of(FILES, NAME)
    releases.identity = identity

    return read_candidates(Listing(NAME, releases), target, rules, known=known)


@pytest.mark.parametrize("rules", [Rules(), Rules(no_binary=frozenset({ALL}))])
def test_files_are_judged_once_for_an_environment(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    packs = Packs()
    known = KnownDocuments(packs)
    first = candidates_of(target("3.12.1", packs), known, rules)
    known.save()
    monkeypatch.setattr(Judge, "ranking", None)
    again = candidates_of(target("3.12.1", packs), KnownDocuments(packs), rules)

    assert again.universe.restrictions == first.universe.restrictions
    assert list(again.choices) == list(first.choices)


@pytest.mark.parametrize(
    ("python", "rules", "identity"),
    [
        ("3.9.1", Rules(), "one"),
        ("3.12.1", Rules(no_binary=frozenset({ALL})), "one"),
        ("3.12.1", Rules(require_hashes=True), "one"),
        ("3.12.1", Rules(), "another"),
    ],
)
def test_files_are_judged_again_where_anything_differs(
    python: str, rules: Rules, identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs = Packs()
    known = KnownDocuments(packs)
    candidates_of(target("3.12.1", packs), known, Rules())
    known.save()
    monkeypatch.setattr(Judge, "ranking", None)

    with pytest.raises(TypeError):
        candidates_of(target(python, packs), KnownDocuments(packs), rules, identity=identity)


def test_a_verdict_comes_back_as_it_was() -> None:
    reasons = (
        PythonMismatch(">=3.13", "3.12.1"),
        Yanked(),
        NoCompatibleWheel("cp312, linux_x86_64"),
        BuildExcluded("--only-binary"),
        HashMissing(),
    )
    verdict = Verdict(
        {Picked(0, 0, is_wheel=True): 0b0110, Picked(1, 0, is_wheel=False): 0b1000},
        tuple(Restriction(2 << place, reason) for place, reason in enumerate(reasons, 3)),
    )
    row = marshal.loads(marshal.dumps(pack_verdict(verdict)))

    assert unpack_verdict(row) == verdict
