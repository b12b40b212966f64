"""What ``zephyr lock`` refuses: an id, exit code 1, and nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fake_index import FakeIndex
from tests.support.pyprojects import entries, lock, pyproject

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

GROUPS = '[dependency-groups]\na = [{include-group = "b"}]\nb = [{include-group = "a"}]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[project]\nname = "mine"\ndependencies = [\n',
            "error[pyproject-invalid]: [DIR]/pyproject.toml line 4, column 1: this is not TOML",
        ),
        (
            '[project]\nname = "mine"\ndependencies = "demo"\n',
            "error[pyproject-invalid]: [DIR]/pyproject.toml line 3: dependencies in [project] is 'demo'",
        ),
        (
            '[project]\nname = "mine"\nversion = "1"\ndependencies = ["demo >> 1"]\n',
            "error[pyproject-invalid]: [DIR]/pyproject.toml line 4: ",
        ),
        ('[project]\nname = "mine"\nversion = "1"\n' + GROUPS, "error[group-"),
        (
            '[project]\nname = "mine"\nversion = "1"\ndependencies = ["mine"]\n',
            "error[project-depends-on-itself]: ",
        ),
        (
            '[project]\nname = "mine"\nversion = "1"\ndependencies = ["mine[docs]"]\n',
            "error[extra-unknown]: ",
        ),
        (
            '[project]\nname = "mine"\nversion = "1"\nrequires-python = ">=3.99,<3.50"\n',
            "error[requires-python-impossible]: ",
        ),
        (
            '[project]\nname = "mine"\nversion = "1"\n[tool.zephyr]\ntargets = [3]\n',
            "error[tool-zephyr-invalid]: ",
        ),
        (
            '[project]\nname = "mine"\nversion = "1"\n[tool.zephyr]\nexclude-newer = "soon"\n',
            "error[tool-zephyr-invalid]: ",
        ),
        ('[tool.other]\nx = 1\n', "error[pyproject-missing]: "),
    ],
)  # fmt: skip
def test_a_project_that_makes_no_sense_is_refused(cli: CommandLine, text: str, said: str) -> None:
    cli.write("pyproject.toml", text)
    result = cli("lock")

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(said)
    assert not (cli.folder / "pylock.toml").exists()


def test_an_unknown_key_is_a_warning_with_the_nearest_name(cli: CommandLine) -> None:
    assert lock(cli, tool="default-group = []").err.startswith(
        "warning: [DIR]/pyproject.toml line 8: there is no key 'default-group' in [tool.zephyr]."
        " Is default-groups meant?\n"
    )


def test_an_index_that_cannot_be_reached_leaves_the_lock_as_it_is(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    lock(cli, "demo")
    before = (cli.folder / "pylock.toml").read_bytes()
    gone = FakeIndex()
    gone.close()
    cli.configure(ZEPHYR_INDEX_URL=gone.url, ZEPHYR_RETRIES="0")
    cli.write("pyproject.toml", pyproject("demo", "other"))
    result = cli("lock")

    assert result.code == 1
    assert result.err.startswith("error[")
    assert "error[bug]" not in result.err
    assert (cli.folder / "pylock.toml").read_bytes() == before


def test_a_broken_build_backend_leaves_the_lock_as_it_is(cli: CommandLine) -> None:
    cli.write(
        "pyproject.toml",
        """\
        [project]
        name = "mine"
        version = "1"
        dynamic = ["dependencies"]

        [build-system]
        requires = []
        build-backend = "backend"
        backend-path = ["."]
        """,
    )
    cli.write("backend.py", "def build_wheel(*_): raise SystemExit('no')\n")
    result = cli("lock")

    assert result.code == 1
    assert result.err.startswith("error[build-")
    assert not (cli.folder / "pylock.toml").exists()


def test_an_extra_that_a_dependency_does_not_have_is_a_warning(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    result = lock(cli, "demo[fast]")

    assert "warning: " in result.err
    assert set(entries(cli)) == {"demo 1.0"}


def test_a_damaged_lock_is_made_anew(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")

    for text in ("", "nonsense", 'lock-version = "1.0"\n', "packages = 3\n", "\x00"):
        cli.write("pylock.toml", text)
        lock(cli, "demo")
        assert set(entries(cli)) == {"demo 1.0"}


def test_a_lock_of_a_newer_standard_is_not_overwritten(cli: CommandLine) -> None:
    text = 'lock-version = "2.0"\ncreated-by = "another"\npackages = []\n'
    cli.write("pylock.toml", text)
    cli.write("pyproject.toml", pyproject())
    result = cli("lock")

    assert result.code == 1
    assert result.err.startswith("error[lock-version-unsupported]: ")
    assert (cli.folder / "pylock.toml").read_text() == text
