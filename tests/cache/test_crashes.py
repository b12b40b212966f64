"""A process is killed before each of its changes to the disk in turn; the next one must not notice."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.cache.children import run_all

if TYPE_CHECKING:
    from zephyr_cache import Cache

SCRIPT = """
import glob, signal
from zephyr_cache import trees

CHANGES = ["mkdir", "rename", "replace", "unlink", "rmdir", "chmod", "utime", "write", "open", "truncate"]
FILES = {"purelib/x/one.py": b"one" * 1000, "purelib/two.py": b"two", "scripts/run": b"#!run"}

def die_before(number):
    left = [number]
    def counted(genuine):
        def change(*arguments, **options):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return genuine(*arguments, **options)
        return change
    for name in CHANGES:
        setattr(os, name, counted(getattr(os, name)))

def work():
    with Cache.open(cache.root) as mine:
        publish(mine, "a", FILES)
        publish(mine, "a", FILES)
        publish(mine, "a", FILES, variant="v")
        mine.write("pages-v1", "key", b"new" * 1000)
        mine.register("/", [digest("a")])
        trees.boot_identity = lambda: "another boot"
        mine.damaged(mine.tree(digest("a")))
        with mine.exclusive("key", timeout=10):
            mine.evict(digest("a"), "v")
        mine.prune(0)
        mine.clean(lambda attributes: True)
        publish(mine, "a", FILES)
        mine.clean()

def check(number):
    with Cache.open(cache.root) as other:
        trouble = [entry for entry in other.verify() if entry.damaged]
        trouble += glob.glob(cache.root + "/staging/*/*") + glob.glob(cache.root + "/trash/*")
        for variant in ("", "v"):
            tree = other.tree(digest("a"), variant)
            if tree is not None and (content_of(tree) != FILES or other.damaged(tree)):
                trouble.append(tree)
        if other.read("pages-v1", "key") not in (None, b"old", b"new" * 1000):
            trouble.append("record")
        with other.exclusive("key", timeout=10):
            pass
        if trouble:
            raise SystemExit(f"killed before change {number}: {trouble}")

number = 0
while True:
    number += 1
    cache.write("pages-v1", "key", b"old")
    pid = os.fork()
    if pid == 0:
        die_before(number)
        work()
        os._exit(0)
    _pid, status = os.waitpid(pid, 0)
    check(number)
    if status == 0:
        break
    if status != signal.SIGKILL:
        raise SystemExit(f"change {number}: status {status}")

say(number - 1)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each kill is a fork")
def test_a_process_may_be_killed_before_any_of_its_changes(cache: Cache) -> None:
    ((code, output),) = run_all(cache, [SCRIPT])

    assert code == 0
    assert int(output) > 80
