from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from zephyr_cache import Linker, LinkMode, link, probe

CONTENT = os.urandom(200_000)
TIME = 1_600_000_000_123_456_789


@pytest.fixture
def source(tmp_path: Path) -> str:
    folder = tmp_path / "cache"
    folder.mkdir()
    return file_in(folder, "module.py", CONTENT)


def file_in(folder: Path, name: str, content: bytes, mode: int = 0o644) -> str:
    path = folder / name
    path.write_bytes(content)
    path.chmod(mode)
    os.utime(path, ns=(TIME, TIME))
    return str(path)


def refusing(number: int) -> Any:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def is_as_wanted(path: Path, content: bytes = CONTENT, mode: int = 0o644) -> bool:
    status = path.stat()
    return (path.read_bytes(), stat.S_IMODE(status.st_mode), status.st_mtime_ns) == (content, mode, TIME)


@pytest.mark.parametrize("mode", LinkMode)
def test_the_file_is_as_wanted_whatever_the_way(tmp_path: Path, source: str, mode: LinkMode) -> None:
    Linker(mode, umask=0o022).place(source, f"{tmp_path}/there", executable=False)

    assert is_as_wanted(tmp_path / "there")


@pytest.mark.parametrize("mode", LinkMode)
@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 3_000_000])
def test_every_size_arrives_whole(tmp_path: Path, mode: LinkMode, size: int) -> None:
    content = os.urandom(size)
    source = file_in(tmp_path, "source", content, 0o755)

    Linker(mode, umask=0).place(source, f"{tmp_path}/there", executable=True)

    assert is_as_wanted(tmp_path / "there", content, 0o755)


def test_a_hard_link_is_the_same_file(tmp_path: Path, source: str) -> None:
    used = Linker(LinkMode.HARDLINK, umask=0o022).place(source, f"{tmp_path}/there", executable=False)

    assert used is LinkMode.HARDLINK
    assert os.path.samefile(source, tmp_path / "there")


def test_a_copy_is_a_file_of_its_own(tmp_path: Path, source: str) -> None:
    used = Linker(LinkMode.COPY, umask=0o022).place(source, f"{tmp_path}/there", executable=False)

    assert used is LinkMode.COPY
    assert not os.path.samefile(source, tmp_path / "there")


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_where_links_are_refused_files_are_copied_from_then_on(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    linker = Linker(LinkMode.HARDLINK, umask=0o022)
    with monkeypatch.context() as patch:
        patch.setattr(os, "link", refusing(number))
        assert linker.place(source, f"{tmp_path}/first", executable=False) is LinkMode.COPY

    assert linker.place(source, f"{tmp_path}/second", executable=False) is LinkMode.COPY
    assert linker.mode is LinkMode.COPY
    assert is_as_wanted(tmp_path / "first")


def test_a_file_with_too_many_links_is_copied_and_renewed(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = os.stat(source).st_ino
    linker = Linker(LinkMode.HARDLINK, umask=0o022)
    genuine = os.link

    def worn_out(origin: str, destination: str) -> None:
        if os.stat(origin).st_ino == old:
            raise OSError(errno.EMLINK, "too many links")

        genuine(origin, destination)

    monkeypatch.setattr(os, "link", worn_out)

    assert linker.place(source, f"{tmp_path}/first", executable=False) is LinkMode.COPY
    assert linker.place(source, f"{tmp_path}/second", executable=False) is LinkMode.HARDLINK
    assert is_as_wanted(tmp_path / "first")
    assert is_as_wanted(tmp_path / "second")
    assert is_as_wanted(Path(source))
    assert os.listdir(os.path.dirname(source)) == ["module.py"]


@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o027, 0o640), (0o002, 0o644)])
def test_a_restrictive_umask_is_honoured_by_a_copy(
    tmp_path: Path, source: str, umask: int, mode: int
) -> None:
    before = os.umask(umask)
    try:
        used = Linker(LinkMode.HARDLINK).place(source, f"{tmp_path}/there", executable=False)
    finally:
        os.umask(before)

    assert used is (LinkMode.HARDLINK if mode == 0o644 else LinkMode.COPY)
    assert is_as_wanted(tmp_path / "there", mode=mode)


def test_a_file_of_another_user_is_copied(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = os.stat(source).st_uid + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    linker = Linker(LinkMode.HARDLINK, umask=0o022)

    assert linker.place(source, f"{tmp_path}/there", executable=False) is LinkMode.COPY
    assert linker.mode is LinkMode.HARDLINK


@pytest.mark.parametrize("mode", LinkMode)
def test_what_is_there_is_never_replaced(tmp_path: Path, source: str, mode: LinkMode) -> None:
    (tmp_path / "there").write_bytes(b"mine")

    with pytest.raises(FileExistsError):
        Linker(mode, umask=0o022).place(source, f"{tmp_path}/there", executable=False)

    assert (tmp_path / "there").read_bytes() == b"mine"


@pytest.mark.parametrize("mode", LinkMode)
def test_a_file_that_has_gone_is_an_error_and_leaves_nothing(tmp_path: Path, mode: LinkMode) -> None:
    with pytest.raises(FileNotFoundError):
        Linker(mode, umask=0o022).place(f"{tmp_path}/gone", f"{tmp_path}/there", executable=False)

    assert os.listdir(tmp_path) == []


def test_where_clones_are_refused_the_next_best_way_is_taken(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(fcntl, "ioctl", refusing(errno.EOPNOTSUPP))
    linker = Linker(LinkMode.CLONE, umask=0o022)

    assert linker.place(source, f"{tmp_path}/there", executable=False) is LinkMode.HARDLINK
    assert linker.mode is LinkMode.HARDLINK


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="clones by ioctl are Linux's")
def test_a_clone_has_the_wanted_mode_and_time(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def clone(target: int, _request: int, origin: int) -> None:
        os.write(target, os.read(origin, 1 << 20))

    monkeypatch.setattr(fcntl, "ioctl", clone)
    used = Linker(LinkMode.CLONE, umask=0o077).place(source, f"{tmp_path}/there", executable=False)

    assert used is LinkMode.CLONE
    assert stat.S_IMODE((tmp_path / "there").stat().st_mode) == 0o600
    assert (tmp_path / "there").stat().st_mtime_ns == TIME


def test_the_umask_is_told_without_changing_it() -> None:
    before = os.umask(0o027)
    try:
        assert link.current_umask() == 0o027
        assert link.current_umask() == 0o027
    finally:
        os.umask(before)


def test_probing_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    (tmp_path / "to").mkdir()

    assert probe(f"{tmp_path}/from", f"{tmp_path}/to") in {LinkMode.CLONE, LinkMode.HARDLINK}
    assert os.listdir(tmp_path / "from") == os.listdir(tmp_path / "to") == []


def test_where_nothing_can_be_written_probing_answers_copy(tmp_path: Path) -> None:
    assert probe(f"{tmp_path}", f"{tmp_path}/nowhere") is LinkMode.COPY
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("mode", LinkMode)
def test_many_files_are_placed_below_a_folder(tmp_path: Path, mode: LinkMode) -> None:
    for name in ("from/in", "to/in"):
        (tmp_path / name).mkdir(parents=True)

    file_in(tmp_path / "from", "a.py", CONTENT)
    file_in(tmp_path / "from/in", "run", CONTENT, 0o755)

    Linker(mode, umask=0o022).place_all(f"{tmp_path}/from", f"{tmp_path}/to", ["a.py", "in/run"], {"in/run"})

    assert is_as_wanted(tmp_path / "to/a.py")
    assert is_as_wanted(tmp_path / "to/in/run", mode=0o755)


@pytest.mark.skipif(not link.LINKS_BELOW, reason="the system links by whole paths only")
def test_many_files_are_copied_where_links_are_refused(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "to").mkdir()
    linker = Linker(LinkMode.HARDLINK, umask=0o022)
    monkeypatch.setattr(os, "link", refusing(errno.EXDEV))

    linker.place_all(os.path.dirname(source), f"{tmp_path}/to", ["module.py"], frozenset[str]())

    assert linker.mode is LinkMode.COPY
    assert is_as_wanted(tmp_path / "to/module.py")


def test_none_of_many_files_replaces_what_is_there(tmp_path: Path, source: str) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "to/module.py").write_bytes(b"mine")

    with pytest.raises(FileExistsError):
        Linker(LinkMode.HARDLINK, umask=0o022).place_all(
            os.path.dirname(source), f"{tmp_path}/to", ["module.py"], frozenset[str]()
        )
