from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import anyio
import pytest

from zephyr.model.index import Index
from zephyr_workers import credentials as module
from zephyr_workers.credentials import (
    Credentials,
    Login,
    ask_keyring,
    keyring_command,
    keyring_of,
    netrc_login,
)
from zephyr_workers.network_options import KeyringProvider

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://index.example/simple/"
USER = "https://user@index.example/simple/"
NAMED = {"ZEPHYR_INDEX_MINE_USERNAME": "env-user", "ZEPHYR_INDEX_MINE_PASSWORD": "env-word"}


@pytest.fixture
def netrc(tmp_path: Path) -> dict[str, str]:
    """An environment with a netrc file."""
    path = tmp_path / "netrc"
    path.write_text("machine index.example login net-user password net-word\n")
    path.chmod(0o600)

    return {"NETRC": str(path)}


def test_the_url_comes_first(netrc: dict[str, str]) -> None:
    index = Index("https://us%40er:w%2Frd@index.example/simple/", "mine")

    assert Credentials((index,), netrc | NAMED).login(URL) == Login("us@er", "w/rd")


def test_the_environment_comes_before_netrc(netrc: dict[str, str]) -> None:
    assert Credentials((Index(URL, "mine"),), netrc | NAMED).login(URL) == Login("env-user", "env-word")


def test_netrc_is_asked_for_a_user_name_without_a_password(netrc: dict[str, str]) -> None:
    assert Credentials((Index(URL.replace("://", "://net-user@")),), netrc).login(URL) == Login(
        "net-user", "net-word"
    )
    assert Credentials((Index(USER),), netrc).login(URL) is None


def test_a_name_is_spelled_as_a_variable() -> None:
    variables = {"ZEPHYR_INDEX_MY_OWN_1_PASSWORD": "token"}

    assert Credentials((Index(URL, "my.own-1"),), variables).login(URL) == Login("", "token")


def test_a_netrc_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    path = tmp_path / "netrc"
    assert netrc_login("index.example", None, {"NETRC": str(path)}) is None
    path.write_bytes(b"machine \xff nonsense")
    assert netrc_login("index.example", None, {"NETRC": str(path)}) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://index.example/simple/",
        "https://index.example:8443/simple/",
        "https://other.example/simple/",
        "https://x.index.example/simple/",
        "https://index.example.other.example/simple/",
    ],
)
def test_no_other_origin_gets_them(url: str) -> None:
    assert Credentials((Index("https://u:p@index.example/simple/"),), {}).login(url) is None


def test_files_on_the_origin_get_them() -> None:
    credentials = Credentials((Index("https://u:p@index.example/simple/"),), {})

    assert credentials.login("https://index.example/files/x.whl") == Login("u", "p")


def test_the_closest_index_on_an_origin_counts() -> None:
    indexes = (Index("https://a:1@index.example/one/"), Index("https://b:2@index.example/one/two/"))
    credentials = Credentials(indexes, {})

    assert credentials.login("https://index.example/one/demo/") == Login("a", "1")
    assert credentials.login("https://index.example/one/two/demo/") == Login("b", "2")


def test_nothing_is_shown() -> None:
    login = Login("canary", "canary")

    assert "canary" not in repr(login)
    assert "canary" not in repr(Credentials((Index("https://canary:canary@index.example/"),), {}))
    assert login.identity != Login("canary", "other").identity
    assert login.authorization == "Basic Y2FuYXJ5OmNhbmFyeQ=="


@pytest.mark.anyio
async def test_a_keyring_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEYRING_TIMEOUT", 0.01)
    release = threading.Event()

    def hang(service: str, username: str | None) -> Login | None:
        release.wait(10)

        return None

    credentials = Credentials((Index(URL),), {}, keyring=hang)

    try:
        assert await credentials.ask_keyring(URL, None) is None
        assert await credentials.ask_keyring(URL, None) is None
    finally:
        release.set()


@pytest.mark.anyio
async def test_keyring_is_told_the_user_name_and_the_index() -> None:
    asked: list[tuple[str, str | None]] = []

    def keyring(service: str, username: str | None) -> Login | None:
        asked.append((service, username))

        return Login("user", "word")

    credentials = Credentials((Index(USER),), {}, keyring=keyring)

    assert await credentials.ask_keyring("https://other.example/", None) is None
    assert await credentials.ask_keyring(f"{URL}demo/", None) == Login("user", "word")
    assert await credentials.ask_keyring(f"{URL}demo/", Login("user", "word")) is None
    assert asked == [(URL, "user")]
    assert credentials.login(URL) == Login("user", "word")


@pytest.mark.anyio
async def test_requests_refused_at_the_same_time_get_the_same_answer() -> None:
    asked: list[str] = []
    answers: list[Login | None] = []

    def keyring(service: str, username: str | None) -> Login | None:
        asked.append(service)

        return Login("user", "word")

    credentials = Credentials((Index(URL),), {}, keyring=keyring)

    async def refused() -> None:
        answers.append(await credentials.ask_keyring(URL, None))

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(refused)

    assert answers == [Login("user", "word")] * 5
    assert asked == [URL]


def test_an_index_added_twice_is_looked_up_once(netrc: dict[str, str]) -> None:
    credentials = Credentials((Index(URL), Index(URL)), netrc)
    credentials.add(Index(URL))

    assert repr(credentials) == f"Credentials(['{URL}'])"


@pytest.fixture
def keyring_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A program in place of keyring, still to be written."""
    program = tmp_path / "keyring"

    def command(_: KeyringProvider) -> list[str]:
        return ["/bin/sh", str(program)]

    monkeypatch.setattr(module, "keyring_command", command)

    return program


def test_keyring_is_asked_for_a_password(keyring_program: Path) -> None:
    keyring_program.write_text('[ "$*" = "get service user" ] && echo secret')

    assert ask_keyring("service", "user") == Login("user", "secret")
    assert ask_keyring("service", "other") is None
    assert ask_keyring("service", None) is None


def test_keyring_is_asked_for_both_where_no_user_name_is_known(keyring_program: Path) -> None:
    keyring_program.write_text('[ "$*" = "--mode creds get service" ] && printf "user\\nsecret\\n"')

    assert ask_keyring("service", None) == Login("user", "secret")


def test_a_keyring_process_that_hangs_is_killed(
    keyring_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEYRING_TIMEOUT", 0.05)
    keyring_program.write_text("exec sleep 30")

    assert ask_keyring("service", "user") is None


def test_a_keyring_that_is_not_there_is_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(name: str) -> None:
        return None

    monkeypatch.setattr("importlib.util.find_spec", find_nothing)
    monkeypatch.setenv("PATH", "/nowhere")

    assert keyring_command() == ["keyring"]
    assert ask_keyring("service", "user") is None


def test_which_keyring_is_asked_can_be_said() -> None:
    module = [sys.executable, "-m", "keyring"]

    assert keyring_of(KeyringProvider.DISABLED) is None
    assert keyring_of(KeyringProvider.AUTO) is not None
    assert keyring_command(KeyringProvider.IMPORT) == module
    assert keyring_command(KeyringProvider.SUBPROCESS) == ["keyring"]


def test_a_keyring_without_backends_is_no_login() -> None:
    assert ask_keyring("https://index.example/", "user") is None
