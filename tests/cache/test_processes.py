"""Many processes on one cache: whatever happens, what is read is whole and right."""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING

from tests.cache.children import child, run_all, start
from tests.support.trees import content_of, digest, publish
from zephyr_cache import Cache

if TYPE_CHECKING:
    import subprocess

# The content follows from the key, so every reader knows what is right.
PRELUDE = """
def files_of(word):
    return {f"purelib/{word}/{number}.py": (word * 1000 + str(number)).encode() for number in range(20)}

def right(word):
    tree = cache.tree(digest(word))
    if tree is None:
        return True
    try:
        folder = os.open(tree.path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        return content_of(tree) == files_of(word)
    except FileNotFoundError:
        return is_gone(tree.path, folder) or "half a tree"
    finally:
        os.close(folder)

def is_gone(path, folder):
    try:
        return not os.path.samestat(os.stat(path), os.fstat(folder))
    except FileNotFoundError:
        return True
"""

PUBLISH = """
for turn in range(10):
    for word in "abcd":
        publish(cache, word, files_of(word))
"""

EVICT = """
for turn in range(30):
    for word in "abcd":
        cache.evict(digest(word))
"""

READ = """
verdicts = {right(word) for turn in range(60) for word in "abcd"}
assert verdicts == {True}, verdicts
"""

UPKEEP = """
for turn in range(10):
    cache.prune(0)
    cache.size()
    wrong = [entry for entry in cache.verify() if entry.damaged]
    Cache.open(cache.root).close()
"""

RECORDS = """
for turn in range(100):
    for word in "abcd":
        cache.write("pages-v1", word, word.encode() * 5000 + str(os.getpid()).encode())
        data = cache.read("pages-v1", word)
        assert data is not None and data.startswith(word.encode() * 5000), word
        assert data[5000:].isdigit()
        if turn % 10 == 0:
            cache.forget("pages-v2", word)
"""

ONCE = """
with cache.exclusive("build", timeout=50):
    if cache.tree(digest("a")) is None:
        publish(cache, "a", files_of("a"))
        say("made")
"""

FOREVER = """
while True:
    say("round")
    for word in "abcd":
        publish(cache, word, files_of(word))
        cache.write("pages-v1", word, word.encode() * 5000)
        cache.evict(digest(word))
"""


def succeed(results: list[tuple[int, str]]) -> bool:
    return all(code == 0 for code, _output in results)


def test_publishing_the_same_trees_at_once_gives_each_of_them_whole(cache: Cache) -> None:
    assert succeed(run_all(cache, [PRELUDE + PUBLISH] * 4))

    assert all(len(content_of(tree)) == 20 for tree in map(cache.tree, map(digest, "abcd")) if tree)
    assert cache.size()["trees-v1"].files == 80
    assert [entry.damaged for entry in cache.verify()] == [()] * 4


def test_readers_see_a_tree_whole_or_not_at_all_while_others_come_and_go(cache: Cache) -> None:
    scripts = [PUBLISH, PUBLISH, EVICT, READ, READ]

    assert succeed(run_all(cache, [PRELUDE + script for script in scripts]))
    assert os.listdir(f"{cache.root}/trash") == []


def test_upkeep_beside_publishers_breaks_neither(cache: Cache) -> None:
    scripts = [PUBLISH, PUBLISH, UPKEEP, READ]

    assert succeed(run_all(cache, [PRELUDE + script for script in scripts]))


def test_records_written_at_once_are_never_mixed(cache: Cache) -> None:
    assert succeed(run_all(cache, [RECORDS] * 4))


def test_of_many_that_want_the_same_thing_one_makes_it(cache: Cache) -> None:
    results = run_all(cache, [PRELUDE + ONCE] * 5)

    assert sorted(results) == [(0, "")] * 4 + [(0, "made\n")]


def test_a_kill_at_any_time_leaves_only_leftovers(cache: Cache) -> None:
    for rounds in range(8):
        with child(cache, PRELUDE + FOREVER) as process:
            assert process.stdout is not None
            for _round in range(rounds):
                process.stdout.readline()

            wait_for_work(cache, process)
            process.kill()

    with Cache.open(cache.root) as again:
        assert [entry.damaged for entry in again.verify() if entry.damaged] == []
        assert in_the_making(cache) == []
        assert content_of(publish(again, "e", {"purelib/x": b"1"})) == {"purelib/x": b"1"}


def wait_for_work(cache: Cache, process: subprocess.Popen[str]) -> None:
    """Spin until the child has something half done, so that the kill meets it in the middle."""
    while not in_the_making(cache):
        assert process.poll() is None


def in_the_making(cache: Cache) -> list[str]:
    return glob.glob(f"{cache.root}/staging/*/*") + glob.glob(f"{cache.root}/trash/*")


def test_a_publisher_that_stops_halfway_blocks_nobody(cache: Cache) -> None:
    script = (
        PRELUDE
        + """
with cache.staging() as folder:
    from tests.support.trees import stage
    stage(folder, files_of("a"))
    say("staged")
    wait()
"""
    )
    with child(cache, script):
        tree = publish(cache, "a", {"purelib/x": b"1"})

        assert cache.tree(digest("a")) == tree


def test_a_writer_that_is_killed_never_leaves_half_a_record(cache: Cache) -> None:
    script = """
say("ready")
while True:
    cache.write("pages-v1", "key", b"x" * 2_000_000)
"""
    for _round in range(5):
        with start(cache, script) as process:
            assert process.stdout is not None
            process.stdout.readline()
            while cache.read("pages-v1", "key") is None:
                assert process.poll() is None

            process.kill()

        assert cache.read("pages-v1", "key") == b"x" * 2_000_000
        cache.forget("pages-v1", "key")
