from __future__ import annotations

import pytest

from zephyr.model.artifact import Artifact
from zephyr.pipeline.hashes import HashNotAllowed, check_hashes

SHA256 = "ab" * 32
ARTIFACT = Artifact("demo-1.0-py3-none-any.whl", "https://files.example/demo.whl", {"sha512": "cd" * 64})


@pytest.mark.parametrize(
    "allowed",
    [
        None,
        frozenset({f"sha256:{SHA256}"}),
        frozenset({f"sha256:{'0' * 64}", f"sha256:{SHA256}"}),
        frozenset({f"sha512:{'cd' * 64}"}),
    ],
)
def test_a_file_that_is_one_of_those_named_is_taken(allowed: frozenset[str] | None) -> None:
    check_hashes(ARTIFACT, SHA256, allowed)


@pytest.mark.parametrize(
    "allowed", [frozenset[str](), frozenset({f"sha256:{'0' * 64}"}), frozenset({f"sha512:{'0' * 128}"})]
)
def test_any_other_file_is_refused_by_name(allowed: frozenset[str]) -> None:
    with pytest.raises(HashNotAllowed, match=r"demo-1\.0-py3-none-any\.whl"):
        check_hashes(ARTIFACT, SHA256, allowed)


def test_a_weaker_hash_that_the_index_announces_does_not_stand_in_for_a_sha256() -> None:
    announced = Artifact(ARTIFACT.filename, ARTIFACT.url, {"sha256": "0" * 64})

    with pytest.raises(HashNotAllowed):
        check_hashes(announced, SHA256, frozenset({f"sha256:{'0' * 64}"}))
