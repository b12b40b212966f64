from __future__ import annotations

from zephyr.install.subtrees import arriving_units, leaving_units
from zephyr.install.survey import Survey

BASES = frozenset({"/e", "/e/lib"})


def disk(*paths: str) -> Survey:
    """Return a survey of a disk that holds exactly these files, all of it listed."""
    folders: dict[str, dict[str, bool]] = {"/e": {}}

    for path in paths:
        parts = path.split("/")[1:]

        for depth in range(1, len(parts)):
            folder = "/" + "/".join(parts[:depth])
            folders.setdefault(folder, {})[parts[depth]] = depth < len(parts) - 1

    return Survey(folders, dict.fromkeys(folders, 0o755), sorted(folders))


def test_a_folder_of_one_owner_leaves_whole() -> None:
    survey = disk("/e/lib/a/x.py", "/e/lib/a/in/y.py", "/e/lib/b.py")

    units = leaving_units({"/e/lib/a/x.py": "a", "/e/lib/a/in/y.py": "a"}, survey, BASES, ())

    assert (units.trees, units.files, units.folders) == (("/e/lib/a",), (), ())


def test_a_folder_that_holds_something_else_stays() -> None:
    survey = disk("/e/lib/a/x.py", "/e/lib/a/mine.txt", "/e/lib/a/in/y.py")

    units = leaving_units({"/e/lib/a/x.py": "a", "/e/lib/a/in/y.py": "a"}, survey, BASES, ())

    assert (units.trees, units.files, units.folders) == (("/e/lib/a/in",), ("/e/lib/a/x.py",), ())


def test_a_folder_of_two_owners_is_emptied_and_then_leaves() -> None:
    survey = disk("/e/lib/ns/a/x.py", "/e/lib/ns/b.py")
    leaving: dict[str, str | None] = {"/e/lib/ns/a/x.py": "a", "/e/lib/ns/b.py": "b"}

    units = leaving_units(leaving, survey, BASES, ())
    needed = leaving_units(leaving, survey, BASES, ["/e/lib/ns/c.py"])

    assert (units.trees, units.files, units.folders) == (
        ("/e/lib/ns/a",),
        ("/e/lib/ns/b.py",),
        ("/e/lib/ns",),
    )
    assert needed.folders == ()


def test_a_file_that_moves_elsewhere_is_not_taken_along() -> None:
    survey = disk("/e/lib/a/x.py")

    units = leaving_units({"/e/lib/a/x.py": None}, survey, BASES, ())

    assert (units.trees, units.files, units.folders) == ((), ("/e/lib/a/x.py",), ("/e/lib/a",))


def test_the_folders_of_the_scheme_never_leave() -> None:
    survey = disk("/e/lib/a.py")

    units = leaving_units({"/e/lib/a.py": "a"}, survey, BASES, ())

    assert (units.trees, units.files) == ((), ("/e/lib/a.py",))


def test_a_new_folder_of_one_source_arrives_whole() -> None:
    arriving = {"/e/lib/a/x.py": ("a", "purelib"), "/e/lib/a/in/y.py": ("a", "purelib")}

    places = arriving_units(arriving, {"/e", "/e/lib"}, BASES)

    assert (dict(places.trees), places.files, places.folders) == ({"/e/lib/a": ("a", "purelib")}, (), ())


def test_a_shared_new_folder_is_made_and_a_present_one_is_filled() -> None:
    arriving = {
        "/e/lib/ns/a/x.py": ("a", "purelib"),
        "/e/lib/ns/b.py": ("b", "purelib"),
        "/e/lib/old/c.py": ("c", "purelib"),
    }

    places = arriving_units(arriving, {"/e", "/e/lib", "/e/lib/old"}, BASES)

    assert places.folders == ("/e/lib/ns",)
    assert dict(places.trees) == {"/e/lib/ns/a": ("a", "purelib")}
    assert places.files == ("/e/lib/ns/b.py", "/e/lib/old/c.py")


def test_missing_folders_of_the_scheme_are_made() -> None:
    places = arriving_units({"/e/lib/a/x.py": ("a", "purelib")}, {"/e"}, BASES)

    assert places.folders == ("/e/lib",)
    assert "/e/lib/a" in places.trees
