"""Settings and files of options that are wrong or hostile: rows C01 to C07 of the list of bad inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

ELSEWHERE = {
    "C04 credentials": "tests/workers/test_credentials.py",
    "C05 bad proxies": "tests/workers/test_routes.py",
}

SETTINGS: tuple[tuple[str, bytes, str, str], ...] = (
    ("C01 no value", b"index-url = ", "settings-file", "end of document"),
    ("C01 a key twice", b"timeout = 1\ntimeout = 2\n", "settings-file", "line 2"),
    ("C01 a NUL", b"timeout = 1\x00", "settings-file", "zephyr.toml"),
    ("C01 UTF-16", "timeout = 1".encode("utf-16"), "settings-file", "zephyr.toml"),
    ("C01 a byte order mark", b"\xef\xbb\xbftimeout = 1", "settings-file", "zephyr.toml"),
    ("C01 no text", b"\xff\xfe\xfd", "settings-file", "zephyr.toml"),
    ("C01 brackets without end", b"timeout = " + b"[" * 100_000, "settings-file", "zephyr.toml"),
    ("C02 a slip of the finger", b"index-ulr = 'x'\n", "settings-unknown", "Is index-url meant?"),
    ("C02 a table", b"[timeout]\nx = 1\n", "settings-file", "timeout is a table"),
    ("C02 a wrong type", b"timeout = 'soon'\n", "usage", "timeout"),
    ("C02 a word that is none", b"link-mode = 'glue'\n", "usage", "link-mode"),
)
"""A row, the bytes of the user's settings file, and the id and the words of the failure."""

REQUIREMENTS: tuple[tuple[str, dict[str, str], str, str], ...] = (
    ("C06 a circle", {"r.txt": "-r a.txt\n", "a.txt": "-r r.txt\n"}, "requirements-file", "a.txt"),
    ("C06 a circle of constraints", {"r.txt": "-c r.txt\n"}, "requirements-file", "r.txt"),
    ("C06 a file that is missing", {"r.txt": "demo\n-r gone.txt\n"}, "requirements-file", "gone.txt"),
    ("C06 an option that is none", {"r.txt": "--target /etc\n"}, "requirements-file", "--target"),
    ("C06 an option behind a name", {"r.txt": "demo --target=/etc\n"}, "requirements-file", "--target"),
    ("C06 a line that is nothing", {"r.txt": "demo dep\n"}, "requirement-invalid", "r.txt"),
)
"""A row, the files of which ``r.txt`` is installed, and the id and the words of the failure."""


@pytest.mark.parametrize(
    ("content", "error", "words"), [row[1:] for row in SETTINGS], ids=[row[0] for row in SETTINGS]
)
def test_settings_that_mean_nothing_are_refused(
    cli: CommandLine, content: bytes, error: str, words: str
) -> None:
    path = cli.folder.parent / "zephyr.toml"
    path.write_bytes(content)
    cli.configure(ZEPHYR_CONFIG_FILE=str(path))
    result = cli("install", "demo")

    assert result.code == 2
    assert result.err.startswith(f"error[{error}]")
    assert words in result.err
    assert cli.index.count() == 0


@pytest.mark.parametrize(
    ("files", "error", "words"), [row[1:] for row in REQUIREMENTS], ids=[row[0] for row in REQUIREMENTS]
)
def test_requirements_files_that_mean_nothing_are_refused(
    cli: CommandLine, files: dict[str, str], error: str, words: str
) -> None:
    for name, text in files.items():
        cli.write(name, text)

    result = cli("install", "-r", "r.txt")

    assert result.code in {1, 2}
    assert result.err.startswith(f"error[{error}]")
    assert words in result.err
    assert cli.index.count() == 0


def test_c03_the_stronger_source_of_an_option_counts(cli: CommandLine) -> None:
    """The command line, then ``ZEPHYR_*``, then the user's file, then pip's variables, then pip's files."""
    for version in ("1.0", "2.0", "3.0"):
        cli.index.serve("demo", version)

    limits = {name: cli.write(f"{name}.txt", f"demo=={version}\n") for name, version in VERSIONS.items()}
    pip = cli.write("pip.conf", f"[install]\nconstraint = {limits['file']}\n")
    own = cli.write("own.toml", f"constraint = ['{limits['own']}']\n")

    def installed(*options: str, **environ: str) -> str:
        cli.configure(**environ)
        cli("install", "--force-reinstall", *options, "demo")

        return cli.installed["demo"]

    assert installed(PIP_CONFIG_FILE=pip) == VERSIONS["file"]
    assert installed(PIP_CONSTRAINT=limits["variable"]) == VERSIONS["variable"]
    assert installed(ZEPHYR_CONFIG_FILE=own) == VERSIONS["own"]
    assert installed(ZEPHYR_CONSTRAINT=limits["file"]) == VERSIONS["file"]
    assert installed("-c", limits["variable"]) == VERSIONS["variable"]


VERSIONS = {"file": "1.0", "variable": "2.0", "own": "3.0"}


def test_c05_a_bundle_of_certificates_that_is_missing_is_no_licence(cli: CommandLine) -> None:
    cli.configure(SSL_CERT_FILE=str(cli.folder / "gone.pem"))
    result = cli("install", "--index-url", "https://index.example/simple/", "demo")

    assert result.code != 0
    assert "gone.pem" in result.err


def test_c07_settings_that_lie_in_the_project_are_not_believed(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")

    for name in ("zephyr.toml", "pip.conf", "pip.ini", ".pip/pip.conf", "pip/pip.conf"):
        (cli.folder / name).parent.mkdir(exist_ok=True)
        cli.write(name, "[global]\nindex-url = file:///nowhere\ntrusted-host = *\n")

    assert cli("install", "demo").code == 0


def test_every_row_is_tried_somewhere() -> None:
    here = {name.split("_")[1].upper() for name in globals() if name.startswith("test_c0")}
    rows = {row[0].split()[0] for row in (*SETTINGS, *REQUIREMENTS)} | {name.split()[0] for name in ELSEWHERE}

    assert here | rows == {f"C{number:02}" for number in range(1, 8)}
