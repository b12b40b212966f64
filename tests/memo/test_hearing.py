"""Whatever a process looks at is heard of, and so is what makes its answer one of a kind."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zephyr.memo.answer import status_of
from zephyr.memo.hearing import Hearing
from zephyr.memo.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from zephyr.memo.answer import Witness

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no memos")


def settled_trace() -> Trace:
    """A trace for which everything was there long before."""
    trace = Trace()
    trace.began_ns += 3_600_000_000_000

    return trace


def holds(witnesses: Sequence[Witness]) -> bool:
    return all(status_of(path, how) == status for path, how, status in witnesses)


# What a run may look at, and what it sees


def read(path: str) -> object:
    with open(path, "rb") as file:
        return file.read()


def read_by_descriptor(path: str) -> object:
    descriptor = os.open(path, os.O_RDONLY)

    try:
        return os.read(descriptor, 100)
    finally:
        os.close(descriptor)


def kind_and_size(status: os.stat_result) -> object:
    is_file = stat.S_ISREG(status.st_mode)

    return stat.S_IFMT(status.st_mode), status.st_size if is_file else None


def entries(path: str) -> object:
    with os.scandir(path) as found:
        return sorted((entry.name, kind_and_size(entry.stat(follow_symlinks=False))) for entry in found)


LOOKS: dict[str, Callable[[str], object]] = {
    "read": read,
    "read by descriptor": read_by_descriptor,
    "names": lambda path: sorted(os.listdir(path)),
    "entries": entries,
    "walk": lambda path: sorted(map(str, os.walk(path))),
    "is there": os.path.exists,
    "is a name there": os.path.lexists,
    "is a file": os.path.isfile,
    "is a folder": os.path.isdir,
    "is a link": os.path.islink,
    "kind and size": lambda path: kind_and_size(os.stat(path)),
    "link": lambda path: os.readlink(path),  # noqa: PLW0108 - a stand-in takes its place
    "may be run": lambda path: os.access(path, os.X_OK),
    "is really": lambda path: os.path.relpath(os.path.realpath(path)),
}
CHANGES: dict[str, Callable[[str], object]] = {
    "write": lambda path: write(path, b"new"),
    "empty": lambda path: write(path, b""),
    "remove": lambda path: shutil.rmtree(path) if is_folder(path) else os.unlink(path),
    "make": os.mkdir,
    "lead elsewhere": lambda path: relink(path, "b"),
    "replace": lambda path: replace(path, b"old"),
    "move away": lambda path: os.rename(path, "moved"),
    "may be run": lambda path: os.chmod(path, 0o755),
}
NAMES = ("a", "b", "a/b", "a/c", "link", "link/b", ".")


def write(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def replace(path: str, data: bytes) -> None:
    write("other", data)
    os.replace("other", path)


def relink(path: str, target: str) -> None:
    os.unlink(path)
    os.symlink(target, path)


def tree() -> None:
    """A folder, files and a link, made anew in the working directory."""
    for name in os.listdir("."):
        shutil.rmtree(name) if is_folder(name) else os.unlink(name)

    os.mkdir("a")
    write("a/b", b"old")
    write("b", b"old")
    os.symlink("a", "link")
    next_moment()


def next_moment() -> None:
    """Go on when the file system tells another time than up to now."""
    probe = "../probe"
    write(probe, b"")
    before = os.stat(probe).st_ctime_ns

    while os.stat(probe).st_ctime_ns == before:
        write(probe, b"")


def seen(looks: Sequence[tuple[str, str]]) -> list[object]:
    found: list[object] = []

    for look, path in looks:
        try:
            found.append(LOOKS[look](path))
        except OSError as error:
            found.append(error.errno)

    return found


some_looks = st.lists(
    st.tuples(st.sampled_from(sorted(LOOKS)), st.sampled_from(NAMES)), min_size=1, max_size=4
)
some_changes = st.lists(
    st.tuples(st.sampled_from(sorted(CHANGES)), st.sampled_from(NAMES)), min_size=1, max_size=3
)


@settings(deadline=None, max_examples=150)
@given(looks=some_looks, changes=some_changes)
def test_whatever_changes_what_is_seen_changes_a_witness(
    looks: list[tuple[str, str]],
    changes: list[tuple[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("looked-at") / "tree"
    folder.mkdir()
    before_folder = os.getcwd()
    os.chdir(folder)

    try:
        tree()
        trace = settled_trace()

        with Hearing(trace):
            before = seen(looks)

        witnesses = trace.witnesses()

        for change, path in changes:
            try:
                CHANGES[change](path)
            except OSError:
                continue

        assert trace.is_unfit or (witnesses is not None and holds(witnesses)) <= (seen(looks) == before)
    finally:
        os.chdir(before_folder)


# What is heard of


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_every_way_of_looking_leaves_a_witness(
    look: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tree").mkdir()
    monkeypatch.chdir(tmp_path / "tree")
    tree()
    trace = settled_trace()
    place = os.path.abspath("a" if look in {"names", "entries", "walk"} else "b")

    with Hearing(trace):
        seen([(look, place)])

    assert place in {path for path, _, _ in trace.witnesses() or ()}


def test_what_other_threads_look_at_is_heard_of_too(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    trace = settled_trace()

    with Hearing(trace):
        thread = threading.Thread(target=path.read_text)
        thread.start()
        thread.join()

    assert str(path) in {found for found, _, _ in trace.witnesses() or ()}


def test_nothing_is_heard_of_before_and_after(tmp_path: Path) -> None:
    trace = settled_trace()
    os.listdir(tmp_path)

    with Hearing(trace):
        pass

    os.stat(tmp_path)
    os.listdir(tmp_path)

    assert str(tmp_path) not in {path for path, _, _ in trace.witnesses() or ()}


def test_calls_are_what_they_were_afterwards() -> None:
    before = (os.stat, os.lstat, os.access, os.readlink)

    with Hearing(Trace()):
        assert os.stat is not before[0]
        assert os.stat in os.supports_dir_fd
        assert os.stat in os.supports_follow_symlinks

    assert (os.stat, os.lstat, os.access, os.readlink) == before


# What makes a run unfit to be remembered


def connect(_: Path) -> None:
    with socket.socket() as end, socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        end.connect(other.getsockname())


def look_beside_a_descriptor(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.stat("file", dir_fd=descriptor)
    os.close(descriptor)


def list_a_descriptor(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.listdir(descriptor)
    os.close(descriptor)


UNFIT: dict[str, Callable[[Path], object]] = {
    "a process": lambda _: subprocess.run([sys.executable, "-c", ""], check=True),
    "a connection": connect,
    "a new file": lambda folder: (folder / "new").write_text(""),
    "a new folder": lambda folder: (folder / "new").mkdir(),
    "a file that is gone": lambda folder: (folder / "file").unlink(),
    "another name": lambda folder: (folder / "file").rename(folder / "other"),
    "another mode": lambda folder: (folder / "file").chmod(0o600),
    "another time": lambda folder: os.utime(folder / "file", (1, 1)),
    "a link": lambda folder: (folder / "link").symlink_to("file"),
    "another name for the same": lambda folder: os.link(folder / "file", folder / "same"),
    "a look from a descriptor on": look_beside_a_descriptor,
    "a list of a descriptor": list_a_descriptor,
}


@pytest.mark.parametrize("deed", UNFIT.values(), ids=list(UNFIT))
def test_such_a_run_is_not_remembered(deed: Callable[[Path], object], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    trace = Trace()

    with Hearing(trace):
        deed(tmp_path)

    assert trace.is_unfit


def test_a_file_that_is_open_already_may_be_cut_off(tmp_path: Path) -> None:
    trace = settled_trace()
    trace.use_cache(str(tmp_path))

    with Hearing(trace), open(tmp_path / "file", "wb") as file:
        os.ftruncate(file.fileno(), 0)
        assert not trace.is_unfit
        os.utime(file.fileno())

    assert trace.is_unfit


def test_calls_are_what_they_were_as_soon_as_a_run_is_unfit() -> None:
    before = os.stat
    trace = Trace()

    with Hearing(trace):
        trace.is_unfit = True
        os.stat(".")

        assert os.stat is before


def test_a_cache_may_be_worked_in(tmp_path: Path) -> None:
    trace = settled_trace()
    trace.use_cache(str(tmp_path))

    with Hearing(trace):
        (tmp_path / "staging" / "mine").mkdir(parents=True)
        (tmp_path / "staging" / "mine" / "file").write_text("")
        os.listdir(tmp_path / "staging")
        (tmp_path / "staging" / "mine" / "file").rename(tmp_path / "record")

    assert not trace.is_unfit
    assert not any(path.startswith(f"{tmp_path}/staging") for path, _, _ in trace.witnesses() or ())


def test_a_cache_that_is_called_almost_the_same_is_another(tmp_path: Path) -> None:
    trace = Trace()
    trace.use_cache(str(tmp_path / "cache"))

    with Hearing(trace):
        (tmp_path / "cache-of-others").mkdir()

    assert trace.is_unfit


def test_after_a_decision_nothing_is_heard(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("before")
    (tmp_path / "environment").mkdir()
    trace = settled_trace()

    with Hearing(trace):
        trace.decide(str(tmp_path / "environment"))
        file.read_text()
        os.stat(file)
        os.listdir(tmp_path)
        file.write_text("changed")

    assert not trace.is_unfit
    assert trace.witnesses() == []
