from __future__ import annotations

import os
import sys

from tests.install.test_changes import there
from zephyr.install.closure import lives_in, own_closure
from zephyr.install.destination import Destination

MARKERS = {"python_version": "3.12", "sys_platform": "linux"}


def test_the_closure_follows_requirements_markers_and_extras() -> None:
    installed = [
        there(
            "zephyr",
            requires=("httpx[http2]", "tomli ; python_version < '3.11'", "keyring ; extra == 'keyring'"),
        ),
        there("httpx", requires=("h2 ; extra == 'http2'", "brotli ; extra == 'brotli'", "idna")),
        *(there(name) for name in ("h2", "brotli", "idna", "tomli", "keyring", "unrelated")),
    ]

    assert own_closure(installed, MARKERS) == {"zephyr", "httpx", "h2", "idna", "keyring"}


def test_without_zephyr_nothing_is_protected() -> None:
    assert own_closure([there("httpx")], MARKERS) == frozenset()


def test_zephyr_lives_in_the_environment_of_its_interpreter() -> None:
    own = Destination(os.path.realpath(sys.prefix), {}, sys.executable, os.name)

    assert lives_in(own)
    assert not lives_in(Destination("/elsewhere", {}, sys.executable, os.name))
