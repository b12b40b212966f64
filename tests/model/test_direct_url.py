"""The direct_url.json of everything that is asked for by place (PEP 610)."""

from __future__ import annotations

import pytest
from packaging.direct_url import DirectUrl

from zephyr.model.direct_url import direct_url_document
from zephyr.model.source_syntax import parse_place

COMMIT = "c" * 40
DIGEST = "d" * 64


def document(text: str, *, editable: bool = False, **known: str) -> object:
    made = direct_url_document(parse_place(text, "the test", editable=editable), **known)
    DirectUrl.from_dict(made)

    return made


def test_a_repository_is_recorded_with_its_commit() -> None:
    assert document("git+https://u:p@h.example/x.git@v1#subdirectory=a/b", commit_id=COMMIT) == {
        "url": "https://h.example/x.git",
        "subdirectory": "a/b",
        "vcs_info": {"vcs": "git", "commit_id": COMMIT, "requested_revision": "v1"},
    }
    assert document("git+ssh://git@h.example/x.git", commit_id=COMMIT) == {
        "url": "ssh://git@h.example/x.git",
        "vcs_info": {"vcs": "git", "commit_id": COMMIT},
    }


def test_a_repository_without_its_commit_is_a_bug() -> None:
    with pytest.raises(ValueError, match="not known"):
        document("git+https://h.example/x.git")


def test_a_folder_is_recorded_as_editable_or_not() -> None:
    assert document("/srv/x", editable=True) == {"url": "file:///srv/x", "dir_info": {"editable": True}}
    assert document("/srv/x") == {"url": "file:///srv/x", "dir_info": {}}


def test_an_archive_is_recorded_with_its_hash() -> None:
    assert document("https://u:p@h.example/x.zip", sha256=DIGEST) == {
        "url": "https://h.example/x.zip",
        "archive_info": {"hashes": {"sha256": DIGEST}, "hash": f"sha256={DIGEST}"},
    }
    assert document(f"/srv/x.whl#sha256={DIGEST}") == {
        "url": "file:///srv/x.whl",
        "archive_info": {"hashes": {"sha256": DIGEST}, "hash": f"sha256={DIGEST}"},
    }
    assert document("/srv/x.whl") == {"url": "file:///srv/x.whl", "archive_info": {}}
