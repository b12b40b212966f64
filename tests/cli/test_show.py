"""``zephyr show``: pip's fields in pip's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import Said, failed
from tests.support.installed_files import put_distribution

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

RICH = """\
Metadata-Version: 2.4
Name: Rich.Demo
Version: 1.0.0
Summary: A demo
Author: Someone
Author-email: some@one.example
License: old text
License-Expression: MIT
Classifier: Topic :: Software Development
Project-URL: Source, https://source.example
Project-URL: Home Page, https://home.example
Requires-Dist: dep>=1
Requires-Dist: Another; extra == "x"

A description.
"""


@pytest.fixture(autouse=True)
def packages(cli: CommandLine) -> None:
    put_distribution(cli.site, "Demo", "1.0", requires=["dep>=1", "winonly; sys_platform == 'none'"])
    put_distribution(cli.site, "dep", "2.0", files={"dep/__init__.py": ""})


def _shown(*lines: str) -> Said:
    return Said(0, "".join(f"{line}\n" for line in lines), "")


def test_show_tells_what_is_known(cli: CommandLine) -> None:
    assert cli("show", "demo") == _shown(
        "Name: Demo",
        "Version: 1.0",
        "Summary: ",
        "Home-page: ",
        "Author: ",
        "Author-email: ",
        "License: ",
        "Location: [SITE]",
        "Requires: dep",
        "Required-by: ",
    )


def test_new_metadata_has_a_licence_expression_and_labelled_urls(cli: CommandLine) -> None:
    put_distribution(
        cli.site,
        "Rich.Demo",
        "1.0",
        metadata=RICH,
        installer="pip\n",
        entry_points="[console_scripts]\nrich = rich_demo:main\n",
        direct_url={"url": "file:///srv/work%20place", "dir_info": {"editable": True}},
    )

    assert cli("show", "-v", "RICH_demo") == _shown(
        "Name: Rich.Demo",
        "Version: 1.0.0",
        "Summary: A demo",
        "Home-page: https://home.example",
        "Author: Someone",
        "Author-email: some@one.example",
        "License-Expression: MIT",
        "Location: [SITE]",
        "Editable project location: /srv/work place",
        "Requires: dep",
        "Required-by: ",
        "Metadata-Version: 2.4",
        "Installer: pip",
        "Classifiers:",
        "  Topic :: Software Development",
        "Entry-points:",
        "  [console_scripts]",
        "  rich = rich_demo:main",
        "Project-URLs:",
        "  Source, https://source.example",
        "  Home Page, https://home.example",
    )


def test_files_are_listed_in_order(cli: CommandLine) -> None:
    result = cli("show", "dep", "--files")

    assert result.out.endswith(
        "Required-by: Demo\nFiles:\n  dep-2.0.dist-info/METADATA\n  dep-2.0.dist-info/RECORD\n"
        "  dep/__init__.py\n"
    )


def test_files_that_nobody_knows(cli: CommandLine) -> None:
    info = put_distribution(cli.site, "lost", "1.0")
    with open(f"{info}/RECORD", "w", encoding="utf-8"):
        pass

    assert cli("show", "-f", "lost").out.endswith("Files:\nCannot locate RECORD or installed-files.txt\n")


def test_show_of_several_with_one_missing(cli: CommandLine) -> None:
    result = cli("show", "demo", "nonesuch", "dep")

    assert (result.code, result.err) == (0, "warning: Package(s) not found: nonesuch\n")
    assert result.out.count("\n---\n") == 1


def test_show_of_what_is_not_installed(cli: CommandLine) -> None:
    assert cli("show", "nonesuch", "another") == failed("""
        warning: Package(s) not found: another, nonesuch
    """)


def test_show_of_nothing(cli: CommandLine) -> None:
    assert cli("show") == failed("""
        error[nothing-asked]: Please provide a package name or names
    """)
