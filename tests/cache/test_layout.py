from __future__ import annotations

import pytest

from tests.support.trees import digest
from zephyr_cache import layout


def test_a_tree_and_its_variants_are_siblings() -> None:
    own = layout.entry_folder("/c", digest("a"), "")
    variant = layout.entry_folder("/c", digest("a"), "cpython-312-cb0d0d0a-0")

    assert own == f"/c/trees-v1/{digest('a')[:2]}/{digest('a')}"
    assert variant == f"{own}+cpython-312-cb0d0d0a-0"


@pytest.mark.parametrize("variant", ["", "cpython-312-cb0d0d0a-0", "1.5_x"])
def test_the_name_of_an_entry_can_be_read_back(variant: str) -> None:
    folder = layout.entry_folder("/c", digest("a"), variant)

    assert layout.entry_name(folder.rpartition("/")[2]) == (digest("a"), variant)


@pytest.mark.parametrize("name", ["", "..", "readme", digest("a") + "+", digest("a") + "+.x", "AB" * 32])
def test_a_foreign_name_is_no_entry(name: str) -> None:
    assert layout.entry_name(name) is None


@pytest.mark.parametrize("wrong", ["", "../../etc", "ab", "AB" * 32, digest("a") + "\n"])
def test_what_is_no_digest_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a digest"):
        layout.entry_folder("/c", wrong, "")


@pytest.mark.parametrize("wrong", ["../x", "a/b", ".hidden", "a+b", "a\n"])
def test_what_cannot_name_a_variant_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="cannot name a variant"):
        layout.entry_folder("/c", digest("a"), wrong)


@pytest.mark.parametrize("wrong", ["pages", "trees-v1", "Pages-v1", "../pages-v1", "staging", "pages-v1/x"])
def test_what_cannot_name_a_bucket_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="cannot name a bucket"):
        layout.record_path("/c", wrong, "key")


def test_any_string_can_be_a_key() -> None:
    keys = ["", "a/b", "../..", "\0", "\udcff", "é" * 9000]

    paths = {layout.record_path("/c", "pages-v1", key) for key in keys}

    assert len(paths) == len(keys)
    assert all(path.count("/") == 4 and len(path) < 100 for path in paths)
