"""Child processes that work on the same cache.

    with child(cache, 'say("ready"); wait()') as process: ...

The script sees ``cache`` (opened anew), `publish`, `digest` and `content_of` of tests.support.trees,
``say(text)`` (one line to the parent) and ``wait()`` (until the parent closes its end, or dies).
`child` waits for the first line before it goes on.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import zephyr_cache

if TYPE_CHECKING:
    from collections.abc import Generator

    from zephyr_cache import Cache

_FOLDERS = [
    os.path.dirname(os.path.dirname(os.path.abspath(zephyr_cache.__file__))),
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
]

_PREAMBLE = """
import os, sys
sys.path[:0] = {folders!r}
from tests.support.trees import content_of, digest, publish
from zephyr_cache import Cache, CacheError

def say(text):
    print(text, flush=True)

def wait():
    sys.stdin.read()

cache = Cache.open({root!r})
"""


def start(cache: Cache, script: str) -> subprocess.Popen[str]:
    """Start a child; its standard output is a pipe, its standard input one that is open."""
    preamble = _PREAMBLE.format(folders=_FOLDERS, root=cache.root)
    return subprocess.Popen(
        [sys.executable, "-c", preamble + script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextlib.contextmanager
def child(cache: Cache, script: str) -> Generator[subprocess.Popen[str]]:
    """Run a child until the block ends; the block starts when the child has said something."""
    with start(cache, script) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline(), "the child ended before it said anything"
            yield process
        finally:
            process.kill()


def run_all(cache: Cache, scripts: list[str]) -> list[tuple[int, str]]:
    """Run children side by side; give each one's exit code and output."""
    processes = [start(cache, script) for script in scripts]
    outputs = [process.communicate()[0] for process in processes]
    return [(process.returncode, output) for process, output in zip(processes, outputs, strict=True)]
