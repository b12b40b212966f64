from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zephyr.install.sorted_paths import below, children, folders_above, top

PATHS = ["a-b/x.py", "a.py", "a/b/c.py", "a/b/d.py", "a/e.py", "a0/f.py"]

part = st.text("ab-.0/", min_size=1, max_size=6)
paths = st.sets(part.filter(lambda path: "//" not in path and path[0] != "/" and path[-1] != "/")).map(sorted)


def test_the_names_in_a_folder_are_given_and_what_is_below_them_is_skipped() -> None:
    names = [(child.name, child.is_folder) for child in children(PATHS, top(PATHS))]

    assert names == [("a-b", True), ("a.py", False), ("a", True), ("a0", True)]
    assert [child.name for child in children(PATHS, below(PATHS, "a"))] == ["b", "e.py"]


def test_what_lies_in_a_folder_is_a_slice() -> None:
    _, start, end = below(PATHS, "a/b")

    assert PATHS[start:end] == ["a/b/c.py", "a/b/d.py"]
    assert list(children(PATHS, below(PATHS, "nowhere"))) == []


@given(paths)
def test_every_path_is_in_the_slice_of_one_name(found: list[str]) -> None:
    inside = [
        path for child in children(found, top(found)) for path in found[child.inside.start : child.inside.end]
    ]

    assert inside == found


def test_folders_above_begin_with_the_nearest() -> None:
    assert list(folders_above("/e/lib/a.py")) == ["/e/lib", "/e"]
