"""Who git says we are, and to whom; no secret is shown, kept or passed in arguments."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.git_http import GuardedHttp, guarded_http
from tests.support.git_repositories import HAS_GIT, PROJECT, Repository, plain_environment
from zephyr.model.source_syntax import parse_place
from zephyr_cache import Cache
from zephyr_workers.git_errors import GitFailed, failed, last_lines
from zephyr_workers.git_source import GitSource, fetch

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

needs_git = pytest.mark.skipif(not HAS_GIT or sys.platform == "win32", reason="needs git and a shell")
_PASSWORD = "s3cr3t:@/%"
_ENCODED = "s3cr3t%3A%40%2F%25"


@contextmanager
def private(folder: Path, username: str = "alice", password: str = _PASSWORD) -> Generator[GuardedHttp]:
    """Serve ``demo.git``, which has ``lib.git`` as submodule, both for one login."""
    library = Repository(folder / "made" / "lib.git")
    library.commit({"text": "library"})
    demo = Repository(folder / "made" / "demo.git")
    demo.git("submodule", "--quiet", "add", "../lib.git", "lib")
    demo.git("config", "--file", ".gitmodules", "submodule.lib.url", "../lib.git")
    demo.commit({"pyproject.toml": PROJECT})

    for repository in (library, demo):
        bare = folder / "served" / repository.folder.name
        repository.git("clone", "--quiet", "--bare", ".", str(bare))
        repository.git("--git-dir", str(bare), "update-server-info")

    with guarded_http(folder / "served", username, password) as server:
        yield server


async def get(folder: Path, place: str, environ: Mapping[str, str] | None = None) -> GitSource:
    (folder / "work").mkdir(exist_ok=True)
    reference = parse_place(place, "the test")

    with Cache.open(str(folder / "cache")) as cache:
        return await fetch(
            reference, cache, work_folder=str(folder / "work"), environ=environ or plain_environment()
        )


def written_below(*folders: Path) -> bytes:
    """Return everything that is in the files below some folders, names included."""
    found: list[bytes] = []

    for folder in folders:
        for path, _folders, files in os.walk(folder):
            for name in files:
                with open(f"{path}/{name}", "rb") as file:
                    found.append(os.fsencode(f"{path}/{name}") + file.read())

    return b"\n".join(found)


@needs_git
@pytest.mark.anyio
async def test_a_password_in_the_address_opens_the_repository_and_its_submodules(tmp_path: Path) -> None:
    with private(tmp_path) as server:
        source = await get(tmp_path, f"git+http://alice:{_ENCODED}@{server.host}/demo.git")

    with open(f"{source.folder}/lib/text") as file:  # noqa: ASYNC230
        assert file.read() == "library"

    assert set(server.logins) == {f"alice:{_PASSWORD}"}
    kept = written_below(tmp_path / "cache", tmp_path / "work")
    assert b"s3cr3t" not in kept
    assert b"alice" not in kept


@needs_git
@pytest.mark.anyio
async def test_a_token_may_stand_alone(tmp_path: Path) -> None:
    with private(tmp_path, "t0ken", "") as server:
        await get(tmp_path, f"git+http://t0ken@{server.host}/demo.git")

    assert b"t0ken" not in written_below(tmp_path / "cache", tmp_path / "work")


@needs_git
@pytest.mark.anyio
async def test_a_credential_helper_of_the_user_is_asked(tmp_path: Path) -> None:
    with private(tmp_path) as server:
        helper = f'!f() {{ test "$1" = get && printf "username=alice\\npassword={_PASSWORD}\\n"; }}; f'
        environ = {
            **plain_environment(),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"credential.http://{server.host}.helper",
            "GIT_CONFIG_VALUE_0": helper.replace("%", "%%"),
        }
        await get(tmp_path, f"git+http://{server.host}/demo.git", environ)

    assert set(server.logins) == {f"alice:{_PASSWORD}"}


@needs_git
@pytest.mark.anyio
async def test_a_login_from_the_address_is_told_to_no_helper(tmp_path: Path) -> None:
    told = tmp_path / "told"
    settings = tmp_path / "gitconfig"
    settings.write_text(f'[credential]\n\thelper = "!cat >> {told}"\n')
    environ = {**plain_environment(), "GIT_CONFIG_GLOBAL": str(settings)}

    with private(tmp_path) as server:
        await get(tmp_path, f"git+http://alice:{_ENCODED}@{server.host}/demo.git", environ)

    assert not told.exists()


@needs_git
@pytest.mark.anyio
async def test_a_refused_login_is_an_error_without_the_secret(tmp_path: Path) -> None:
    with private(tmp_path) as server, pytest.raises(GitFailed) as caught:
        await get(tmp_path, f"git+http://alice:wr0ng@{server.host}/demo.git")

    error = caught.value
    shown = "\n".join((error.message, error.hint or "", *error.details, repr(error), str(error.__cause__)))
    assert "wr0ng" not in shown
    assert "alice" not in shown
    assert "credential helper" in (error.hint or "")
    assert server.host in error.message


@needs_git
@pytest.mark.anyio
async def test_without_any_login_nobody_is_asked(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    program = tmp_path / "askpass"
    program.write_text(f"#!/bin/sh\ntouch {asked}\n")
    program.chmod(0o755)
    environ = {**plain_environment(), "GIT_ASKPASS": str(program), "SSH_ASKPASS": str(program)}

    with private(tmp_path) as server, pytest.raises(GitFailed) as caught:
        await get(tmp_path, f"git+http://{server.host}/demo.git", environ)

    assert "credential helper" in (caught.value.hint or "")
    assert not asked.exists()


def test_last_lines_are_few_readable_and_without_secrets() -> None:
    noise = "\n".join(f"line {number}" for number in range(50))
    fatal = "\x1b[31mfatal\x1b[0m: https://bob:pass@host.example/x said t0ken\x07"
    output = f"{noise}\nReceiving 10%\rReceiving 100%\r\n{fatal}\n"
    lines = last_lines(output, ("t0ken",))

    assert len(lines) == 8
    assert lines[-2:] == ("Receiving 100%", "fatal: https://host.example/x said …\\x07")


def test_known_failures_come_with_a_next_step() -> None:
    for words, hint in {
        "Host key verification failed.": "accept the host's key",
        "git@host.example: Permission denied (publickey).": "ssh-add",
        "fatal: detected dubious ownership in repository": "safe.directory",
        "fatal: could not read Username for 'https://host.example'": "credential helper",
        "fatal: transport 'ext' not allowed": "are followed",
        "fatal: transport 'file' not allowed": "file:// address",
        "ssh: Could not resolve hostname host.example: Name or service not known": "network",
        "fatal: unable to access 'http://h.example/': Failed to connect to h.example port 80": "network",
        "ERROR: Repository not found.": "Check the address",
    }.items():
        assert hint in (failed("git+ssh://host.example/x", "fetch", 128, words, ()).hint or ""), words
