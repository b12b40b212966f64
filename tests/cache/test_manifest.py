from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.trees import digest
from zephyr_cache import Tree, TreeFile, manifest

FILES = (
    TreeFile("purelib", "demo/__init__.py", digest("x"), 12, 1_700_000_000_123_456_789, False),
    TreeFile("scripts", "run", digest("y"), 0, 1, True),
    TreeFile("purelib", "demo/ü\udcff\n.py", digest("z"), 2**40, 2, False),
)
TREE = Tree(
    digest("a"),
    "",
    "/there",
    manifest.sections_of(FILES),
    {"name": "demo", "rows": [["a", 1]]},
    "boot",
    False,
)


def read(content: bytes, tree: Tree = TREE) -> Tree | None:
    return manifest.decode(content, tree.digest, tree.variant, tree.path)


@pytest.mark.parametrize(
    "tree",
    [
        TREE,
        dataclasses.replace(TREE, variant="v", durable=True, boot=""),
        dataclasses.replace(TREE, sections={}),
    ],
)
def test_decoding_undoes_encoding(tree: Tree) -> None:
    found = read(manifest.encode(tree), tree)

    assert found == tree
    assert found is not None
    assert (found.boot, found.durable) == (tree.boot, tree.durable)


def test_files_are_kept_by_section_and_sorted_by_path() -> None:
    demo, run, odd = FILES

    assert TREE.files == (demo, odd, run)
    assert TREE.sections["purelib"].paths == [demo.path, odd.path]
    assert TREE.sections["scripts"].modes() == [0o755]


def test_a_manifest_of_another_tree_is_not_believed() -> None:
    content = manifest.encode(TREE)

    assert manifest.decode(content, digest("b"), "", "/there") is None
    assert manifest.decode(content, digest("a"), "v", "/there") is None


@given(place=st.integers(min_value=0), change=st.integers(1, 255))
def test_a_flipped_byte_is_a_miss(place: int, change: int) -> None:
    content = bytearray(manifest.encode(TREE))
    content[place % len(content)] ^= change

    assert read(bytes(content)) is None


@given(length=st.integers(min_value=0))
def test_a_cut_manifest_is_a_miss(length: int) -> None:
    content = manifest.encode(TREE)

    assert read(content[: length % len(content)]) is None


def test_attributes_must_be_json() -> None:
    with pytest.raises(TypeError):
        manifest.encode(dataclasses.replace(TREE, attributes={"name": object()}))


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ("purelib", "../x"),
        ("purelib", "/etc/passwd"),
        ("purelib", "a//b"),
        ("purelib", "a/./b"),
        ("purelib", ""),
        ("purelib", "a\0b"),
        ("..", "x"),
        ("", "x"),
        ("a/b", "x"),
    ],
)
def test_a_file_outside_its_section_is_refused(section: str, path: str) -> None:
    with pytest.raises(ValueError, match="is not a place inside a tree"):
        manifest.checked_location(TreeFile(section, path, digest("x"), 1, 1, False))


def test_a_digest_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a SHA-256 digest"):
        manifest.checked_location(TreeFile("purelib", "x", "abc", 1, 1, False))
