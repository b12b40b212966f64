"""A password that opens a private index is nowhere afterwards: no output, no file, whatever happened."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.fake_index import FakeIndex

REPOSITORY = Path(__file__).resolve().parents[2]
USER = "anna"
PASSWORD = "c4n@ry:in/the mine"
SPELLINGS = (
    PASSWORD,
    quote(PASSWORD, safe=""),
    quote(PASSWORD),
    "c4n@ry",
    "c4n%40ry",
    base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(),
)


class Shell:
    """Runs ``zephyr`` in a folder of its own and keeps all that it says."""

    def __init__(self, folder: Path, index: FakeIndex) -> None:
        self.folder = folder
        self.index = index
        self.said: list[str] = []
        self.variables = {
            name: value
            for name, value in os.environ.items()
            if name not in {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"}
        }
        self.variables["PYTHONPATH"] = os.pathsep.join(
            str(REPOSITORY / part) for part in ("", "workers", "cache")
        )
        self.variables["ZEPHYR_CACHE_DIR"] = str(folder / "cache")

    def __call__(self, *arguments: str, **variables: str) -> int:
        """Run one command and return its exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "zephyr", *arguments],
            cwd=self.folder,
            env={**self.variables, **variables},
            capture_output=True,
            check=False,
            text=True,
            timeout=50,
        )
        self.said += [done.stdout, done.stderr]

        return done.returncode

    @property
    def address(self) -> str:
        """The index's address with the credentials in it."""
        return self.index.url.replace("://", f"://{USER}:{quote(PASSWORD, safe='')}@")

    def leaks(self) -> list[str]:
        """Name every place that holds the password in any spelling."""
        places = {f"output {number}": text.encode() for number, text in enumerate(self.said)}

        for parent, _, names in os.walk(self.folder):
            for name in names:
                path = Path(parent) / name
                places[str(path)] = b"" if path.is_symlink() else path.read_bytes() + os.fsencode(path)

        return [
            f"{place}: {spelling}"
            for place, content in places.items()
            for spelling in SPELLINGS
            if spelling.encode() in content
        ]


@pytest.fixture
def shell(tmp_path: Path, fake_index: FakeIndex) -> Iterator[Shell]:
    fake_index.credentials = (USER, PASSWORD)
    fake_index.serve("internal", "1.0", requires=["inner"])
    fake_index.serve("internal", "0.9")
    fake_index.serve("inner", "1.0")
    shell = Shell(tmp_path, fake_index)
    assert shell("venv", "create", ".venv") == 0
    yield shell
    assert shell.leaks() == [], "\n".join(shell.leaks())


def with_the_url(shell: Shell) -> tuple[list[str], dict[str, str]]:
    return ["--index-url", shell.address], {}


def with_a_variable_that_holds_the_url(shell: Shell) -> tuple[list[str], dict[str, str]]:
    return [], {"ZEPHYR_INDEX_URL": shell.address}


def with_pips_variable(shell: Shell) -> tuple[list[str], dict[str, str]]:
    return [], {"PIP_INDEX_URL": shell.address}


def with_a_named_index(shell: Shell) -> tuple[list[str], dict[str, str]]:
    credentials = {"ZEPHYR_INDEX_WORK_USERNAME": USER, "ZEPHYR_INDEX_WORK_PASSWORD": PASSWORD}

    return ["--index", f"work={shell.index.url}", "--index-url", f"{shell.index.origin}/none/"], credentials


def with_netrc(shell: Shell) -> tuple[list[str], dict[str, str]]:
    netrc = Path(os.environ["HOME"]) / "netrc-of-a-test"
    netrc.write_text(f'machine 127.0.0.1 login {USER} password "{PASSWORD}"\n')
    netrc.chmod(0o600)

    return ["--index-url", shell.index.url], {"NETRC": str(netrc)}


def with_find_links(shell: Shell) -> tuple[list[str], dict[str, str]]:
    return ["--no-index", "--find-links", shell.address.replace("/simple/", "/links/")], {}


WAYS = (
    with_the_url,
    with_a_variable_that_holds_the_url,
    with_pips_variable,
    with_a_named_index,
    with_netrc,
    with_find_links,
)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_log_in_installs(
    shell: Shell, way: Callable[[Shell], tuple[list[str], dict[str, str]]]
) -> None:
    options, variables = way(shell)
    assert shell("install", "-vvv", "--report", "report.json", *options, "internal==0.9", **variables) == 0
    assert shell("install", "-vvv", "--json", "-U", *options, "internal", **variables) == 0
    assert shell("install", "-vvv", *options, "internal", "absent", **variables) == 1
    assert shell("freeze") == shell("show", "-f", "internal") == shell("check") == 0
    assert shell("uninstall", "-y", "-vvv", "internal") == 0


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401},
        {"status": 403},
        {"status": 404},
        {"login_page": True},
        {"reset": True},
        {"redirect_to": "http://127.0.0.2:9"},
    ],
    ids="-".join,
)
@pytest.mark.parametrize("pattern", ["/simple/*", "/files/*"])
def test_no_failure_tells_it(shell: Shell, pattern: str, fault: dict[str, object]) -> None:
    shell.index.misbehave(pattern, **fault)  # type: ignore[arg-type]
    assert shell("install", "-vvv", "--retries", "0", "--index-url", shell.address, "internal") == 1


def test_a_wheel_at_an_address_with_a_password(shell: Shell) -> None:
    address = shell.address.replace("/simple/", "/files/internal-1.0-py3-none-any.whl")
    options = ["-vvv", "--index-url", shell.address]

    assert shell("install", *options, "--report", "report.json", f"internal @ {address}") == 0
    assert shell("install", *options, f"internal @ {address}") == 0
    assert shell("list", "--json") == shell("freeze") == shell("show", "-f", "internal") == 0
    shell.index.misbehave("/files/*", status=404)
    assert shell("install", *options, "--reinstall", "--refresh", f"internal @ {address}") == 1
    assert shell("install", *options, f"internal[ @ {address}") == 1
    assert shell("install", *options, f"inner @ {address}") != 0
