from __future__ import annotations

from tests.support.tars import member, packed, tar
from tests.workloads.source_metadata import declared_metadata, requirement_lines

PKG_INFO = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"


def archive(**files: str) -> bytes:
    return packed(tar(*(member(f"demo-1.0/{name}", text.encode()) for name, text in files.items())))


def test_requirements_beside_an_old_pkg_info_are_added_to_its_header() -> None:
    data = archive(
        **{
            "demo.egg-info/PKG-INFO": "",
            "demo.egg-info/requires.txt": "dep>=1\n",
            "PKG-INFO": f"{PKG_INFO}\nA text.\n",
        }
    )
    assert declared_metadata(data).decode() == f"{PKG_INFO}Requires-Dist: dep>=1\n\nA text.\n"


def test_requirements_stay_in_the_header_of_a_pkg_info_without_a_text() -> None:
    data = archive(**{"PKG-INFO": PKG_INFO, "demo.egg-info/requires.txt": "dep\n"})
    assert declared_metadata(data).decode() == f"{PKG_INFO}Requires-Dist: dep"


def test_requirements_in_pkg_info_are_the_only_ones() -> None:
    text = f"{PKG_INFO}Requires-Dist: dep>=1\n\n"
    data = archive(**{"PKG-INFO": text, "demo.egg-info/requires.txt": "dep>=2\n"})
    assert declared_metadata(data).decode() == text


def test_a_section_gives_its_requirements_an_extra_or_a_marker_or_both() -> None:
    lines = ["a", "", "[:os_name == 'nt']", "b", "[x]", "c>=1", "[x:os_name == 'nt']", "d"]
    assert list(requirement_lines(lines)) == [
        "a",
        "b ; (os_name == 'nt')",
        'c>=1 ; extra == "x"',
        "d ; (os_name == 'nt') and extra == \"x\"",
    ]
