"""The suite's own fixtures keep their promise: nothing inherited, nothing beyond loopback."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).parent.parent / "conftest.py"


def test_the_environment_configures_nothing(clean_environment: Path) -> None:
    prefixes = ("PIP_", "ZEPHYR_", "UV_")

    assert not [name for name in os.environ if name.startswith(prefixes)]
    assert "VIRTUAL_ENV" not in os.environ
    assert Path.home() == clean_environment


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "with socket.socket() as one: one.connect_ex(('192.0.2.1', 80))",
        "socket.getaddrinfo('host.example', 80)",
    ],
)
def test_leaving_loopback_fails_the_test(pytester: pytest.Pytester, attempt: str) -> None:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyfile(
        f"""
        import contextlib, socket

        def test_leaves():
            with contextlib.suppress(OSError):
                {attempt}
        """
    )

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:anyio")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*the test left loopback*"])


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
