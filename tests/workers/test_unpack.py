"""What an unpacked wheel is, and the unusual wheels that must be accepted."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import os
import stat
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from tests.support.wheel_parts import (
    DIST_INFO,
    FILENAME,
    FILES,
    METADATA,
    PRODUCERS,
    WHEEL,
    Row,
    digest,
    member,
    render,
    row,
    wheel_members,
)
from tests.support.wheels import build_wheel
from tests.support.zips import (
    SENTINEL,
    STORED,
    STREAMED,
    UTF8,
    Archive,
    Member,
    deflate,
    descriptor,
    extra,
    zip64_extra,
)
from zephyr_cache import Cache
from zephyr_cache.errors import DiskFull
from zephyr_workers.entry_points import EntryPoint
from zephyr_workers.tree_writer import mtime_of
from zephyr_workers.unpack import unpack_wheel
from zephyr_workers.wheel import UnpackedWheel, load_wheel
from zephyr_workers.wheel_errors import InvalidWheel, MetadataMismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FIRST_CONTENT = {f"purelib/{name}": data for name, data in FILES}


class Unpacker:
    """Unpacks bytes into a cache of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = Cache.open(str(folder / "cache"))

    def __call__(
        self, data: bytes, filename: str = FILENAME, *, expected: bytes | None = None
    ) -> UnpackedWheel:
        path = self.folder / "archive"
        path.write_bytes(data)

        return unpack_wheel(
            str(path), filename, self.cache, hashlib.sha256(data).hexdigest(), expected_metadata=expected
        )


@pytest.fixture
def unpack(tmp_path: Path) -> Unpacker:
    return Unpacker(tmp_path)


def contents(wheel: UnpackedWheel) -> dict[str, bytes]:
    found: dict[str, bytes] = {}

    for file in wheel.tree.files:
        with open(f"{wheel.tree.path}/{file.section}/{file.path}", "rb") as stream:
            found[f"{file.section}/{file.path}"] = stream.read()

    return found


class TestWhatIsUnpacked:
    def test_the_root_goes_to_purelib_with_the_documents(self, unpack: Unpacker) -> None:
        wheel = unpack(render(wheel_members()))

        assert contents(wheel) == {
            **FIRST_CONTENT,
            f"purelib/{DIST_INFO}/METADATA": METADATA,
            f"purelib/{DIST_INFO}/WHEEL": WHEEL,
        }

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
    @pytest.mark.parametrize("umask", [0o000, 0o022, 0o027, 0o077])
    def test_files_and_folders_have_the_modes_of_a_tree_whatever_the_umask(
        self, unpack: Unpacker, umask: int
    ) -> None:
        tool = dataclasses.replace(member("demo-1.0.data/scripts/tool"), mode=0o100755)
        before = os.umask(umask)

        try:
            wheel = unpack(render(wheel_members(added=[tool])))
        finally:
            os.umask(before)

        found = {path: stat.S_IMODE(path.stat().st_mode) for path in Path(wheel.tree.path).rglob("*")}

        assert set(found.values()) == {0o755, 0o644}
        assert {path.name for path, mode in found.items() if mode == 0o755 and path.is_file()} == {"tool"}
        assert unpack.cache.damaged(wheel.tree) == ()

    def test_the_root_goes_to_platlib_when_the_wheel_says_so(self, unpack: Unpacker) -> None:
        wheel = unpack(render(wheel_members(wheel=WHEEL.replace(b"true", b"false"))))

        assert wheel.root == "platlib"
        assert {file.section for file in wheel.tree.files} == {"platlib"}

    def test_data_folders_become_sections(self, unpack: Unpacker) -> None:
        keys = ("purelib", "platlib", "scripts", "headers", "data")
        added = [member(f"demo-1.0.data/{key}/sub/file", key.encode()) for key in keys]
        wheel = unpack(render(wheel_members(added=added)))
        found = contents(wheel)

        assert {key: found[f"{key}/sub/file"] for key in keys} == {key: key.encode() for key in keys}

    def test_files_that_an_installation_writes_are_left_out(self, unpack: Unpacker) -> None:
        names = ("INSTALLER", "REQUESTED", "direct_url.json")
        wheel = unpack(render(wheel_members(added=[member(f"{DIST_INFO}/{name}") for name in names])))

        assert {file.path for file in wheel.tree.files if file.path.startswith(DIST_INFO)} == {
            f"{DIST_INFO}/METADATA",
            f"{DIST_INFO}/WHEEL",
        }

    def test_digests_and_sizes_are_those_of_the_files(self, unpack: Unpacker) -> None:
        wheel = unpack(render(wheel_members()))

        for file in wheel.tree.files:
            data = contents(wheel)[f"{file.section}/{file.path}"]
            assert (file.sha256, file.size) == (hashlib.sha256(data).hexdigest(), len(data))

    def test_the_time_of_a_file_comes_from_its_contents(self, unpack: Unpacker) -> None:
        wheel = unpack(render(wheel_members()))

        for file in wheel.tree.files:
            status = os.stat(f"{wheel.tree.path}/{file.section}/{file.path}")
            assert status.st_mtime_ns == file.mtime_ns == mtime_of(file.sha256)

    def test_times_are_whole_even_seconds_that_bytecode_can_hold(self) -> None:
        for number in range(200):
            time = mtime_of(hashlib.sha256(bytes([number])).hexdigest())
            assert time % 2_000_000_000 == 0
            assert 0 < time // 1_000_000_000 < 1 << 31

    @pytest.mark.parametrize("mode", [0o100000, 0o100777, 0o104755, 0o102644, 0o101777, 0o100600, 0])
    def test_modes_become_two(self, unpack: Unpacker, mode: int) -> None:
        tool = dataclasses.replace(member("demo/tool"), mode=mode)
        wheel = unpack(render(wheel_members(added=[tool])))
        found = stat.S_IMODE(os.stat(f"{wheel.tree.path}/purelib/demo/tool").st_mode)

        assert found == (0o755 if mode & 0o111 else 0o644)

    def test_what_is_kept_survives_the_cache(self, unpack: Unpacker) -> None:
        points = (
            b"[console_scripts]\ndemo = demo.core:main.run [extra]\n\n[gui_scripts]\ndemo-w=demo:main\n"
            b"[other]\nx y\n"
        )
        script = member("demo-1.0.data/scripts/go", b"#!python\nprint()\n")
        wheel = unpack(render(wheel_members(added=[script, member("demo.pth")], entry_points=points)))
        tree = Cache.open(unpack.cache.root).tree(wheel.sha256)

        assert tree is not None
        assert load_wheel(tree) == wheel
        assert (wheel.name, wheel.version, wheel.dist_info) == ("demo", Version("1.0"), DIST_INFO)
        assert wheel.entry_points == (
            EntryPoint("demo", "demo.core", "main.run", gui=False),
            EntryPoint("demo-w", "demo", "main", gui=True),
        )
        assert wheel.python_scripts == ("go",)
        assert wheel.startup_files == ("purelib/demo.pth",)

    def test_a_tree_of_another_format_is_not_taken_for_a_wheel(self, unpack: Unpacker) -> None:
        wheel = unpack(render(wheel_members()))
        other = dataclasses.replace(wheel.tree, attributes={**wheel.tree.attributes, "format": 0})

        assert load_wheel(other) is None

    def test_the_same_bytes_are_not_taken_for_another_project(self, unpack: Unpacker) -> None:
        tree = unpack(render(wheel_members())).tree

        assert load_wheel(tree, "Demo-1.0.0-1-py3-none-any.whl") is not None

        for filename in ("other-1.0-py3-none-any.whl", "demo-2.0-py3-none-any.whl", "demo.whl"):
            with pytest.raises(InvalidWheel, match=filename):
                load_wheel(tree, filename)

    @pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2 << 20, (2 << 20) + 1])
    @pytest.mark.parametrize("kind", ["zeros", "random"])
    def test_sizes_at_the_border_of_a_piece(self, unpack: Unpacker, size: int, kind: str) -> None:
        data = bytes(size) if kind == "zeros" else os.urandom(size)
        found = contents(unpack(render(wheel_members(added=[member("demo/data.bin", data)]))))

        assert found["purelib/demo/data.bin"] == data

    @pytest.mark.parametrize(
        ("path", "runs"),
        [
            ("a.pth", True),
            ("demo/a.pth", False),
            ("sitecustomize.py", True),
            ("usercustomize/__init__.py", True),
            ("sitecustomize.cpython-312-x86_64-linux-gnu.so", True),
            ("sitecustomize_not.py", False),
        ],
    )
    def test_files_that_run_at_start_up_are_listed(self, unpack: Unpacker, path: str, *, runs: bool) -> None:
        wheel = unpack(render(wheel_members(added=[member(path)])))

        assert wheel.startup_files == ((f"purelib/{path}",) if runs else ())

    def test_a_large_file_comes_in_pieces(self, unpack: Unpacker) -> None:
        large = os.urandom(1 << 20) * 3 + b"end"
        added = [
            member("demo/large.bin", large),
            dataclasses.replace(member("demo/s.bin", large), method=STORED),
        ]
        found = contents(unpack(render(wheel_members(added=added))))

        assert found["purelib/demo/large.bin"] == found["purelib/demo/s.bin"] == large

    def test_unpacking_twice_gives_the_same_wheel(self, unpack: Unpacker) -> None:
        assert unpack(render(wheel_members())) == unpack(render(wheel_members()))


def with_row(**changes: str) -> Callable[[list[Row]], Sequence[Sequence[str]]]:
    """Change the hash or size of the first row of RECORD."""
    return lambda rows: [
        (rows[0][0], changes.get("hash", rows[0][1]), changes.get("size", rows[0][2])),
        *rows[1:],
    ]


def each(change: Callable[[Member], Member]) -> bytes:
    return render([change(one) for one in wheel_members()])


def given(form: Callable[[Member], bytes]) -> Callable[[Member], Member]:
    def change(one: Member) -> Member:
        zeroed = one.with_local(crc=0, size=0, compressed_size=0)

        return dataclasses.replace(zeroed, flags=one.flags | STREAMED, descriptor=form(one))

    return change


def wide(one: Member) -> Member:
    """As producers write it that always use ZIP64 for local headers."""
    sizes = zip64_extra(len(one.data), len(one.compressed))

    return dataclasses.replace(one, local_extra=sizes).with_local(size=SENTINEL, compressed_size=SENTINEL)


def wide_everywhere(one: Member) -> Member:
    sizes = zip64_extra(len(one.data), len(one.compressed))

    return dataclasses.replace(wide(one), central_extra=sizes).with_central(
        size=SENTINEL, compressed_size=SENTINEL
    )


def unicode_path(one: Member) -> bytes:
    return extra(0x7075, b"\1" + struct.pack("<L", zlib.crc32(one.name)) + one.name)


TIMES = extra(0x5455, b"\1\0\0\0\0") + extra(0x7875, b"\1\4\0\0\0\0\4\0\0\0\0")
ACCEPTED: dict[str, bytes] = {
    **{name: render(wheel_members(), name) for name in PRODUCERS},
    "descriptor without signature": each(given(lambda one: descriptor(one, signed=False))),
    "descriptor of 64 bits": each(given(lambda one: descriptor(one, wide=True))),
    "descriptor of 64 bits without signature": each(
        given(lambda one: descriptor(one, signed=False, wide=True))
    ),
    "descriptor and sizes in the header": each(lambda one: dataclasses.replace(one, flags=STREAMED)),
    "stored": each(lambda one: dataclasses.replace(one, method=STORED)),
    "from Windows": each(lambda one: dataclasses.replace(one, system=0, mode=0)),
    "version needed 10": each(lambda one: dataclasses.replace(one, version=10)),
    "version needed 45": each(lambda one: dataclasses.replace(one, version=45)),
    "compression level bits": each(lambda one: dataclasses.replace(one, flags=0b110)),
    "UTF-8 flag on ASCII names": each(lambda one: dataclasses.replace(one, flags=UTF8)),
    "times and owners": each(
        lambda one: dataclasses.replace(one, local_extra=TIMES, central_extra=TIMES[:9])
    ),
    "Java's marker": each(lambda one: dataclasses.replace(one, local_extra=extra(0xCAFE, b""))),
    "aligned with zeros": each(lambda one: dataclasses.replace(one, local_extra=b"\0\0\0")),
    "its own Unicode path": each(lambda one: dataclasses.replace(one, central_extra=unicode_path(one))),
    "ZIP64 in local headers": each(wide),
    "ZIP64 in both headers": each(wide_everywhere),
    "ZIP64 that agrees": each(
        lambda one: dataclasses.replace(one, central_extra=zip64_extra(len(one.data), len(one.compressed)))
    ),
    "ZIP64 end": render(wheel_members(), archive=Archive((), zip64=True)),
    "ZIP64 end with sentinels": render(
        wheel_members(),
        archive=Archive((), zip64=True, end={"count": 0xFFFF, "here": 0xFFFF, "offset": SENTINEL}),
    ),
    "archive comment": render(wheel_members(), archive=Archive((), comment=b"built with care")),
    "folder entries": render(wheel_members(added=[member("demo/", b""), member(f"{DIST_INFO}/", b"")])),
    "stored folder entries": render(
        wheel_members(added=[dataclasses.replace(member("demo/", b""), method=STORED, mode=0o040755)])
    ),
    "RECORD in hexadecimal": render(
        wheel_members(rows=with_row(hash="sha256=" + hashlib.sha256(FILES[0][1]).hexdigest()))
    ),
    "RECORD with SHA-512": render(wheel_members(rows=with_row(hash=digest(FILES[0][1], "sha512")))),
    "RECORD without sizes": render(wheel_members(rows=with_row(size=""))),
    "RECORD that does not list itself": render(wheel_members(rows=lambda rows: rows[:-1])),
    "unlisted signatures": render(
        [*wheel_members(), member(f"{DIST_INFO}/RECORD.jws"), member(f"{DIST_INFO}/RECORD.p7s")]
    ),
    "nested dist-info": render(wheel_members(added=[member("demo/vendored-2.0.dist-info/METADATA")])),
    "carriage returns": render(
        wheel_members(metadata=METADATA.replace(b"\n", b"\r\n"), wheel=WHEEL.replace(b"\n", b"\r\n"))
    ),
    "tags that differ": render(wheel_members(wheel=WHEEL.replace(b"py3-none", b"py2-none"))),
    "format 1.9": render(wheel_members(wheel=WHEEL.replace(b"1.0", b"1.9"))),
    "description in another encoding": render(wheel_members(metadata=METADATA + b"\ncaf\xe9\n")),
    "names of another alphabet": render(wheel_members(added=[member("demo/日本語.txt")])),
    "hidden files and spaces": render(
        wheel_members(added=[member("demo/.hidden/a b (1).txt"), member("demo/-+@~")])
    ),
    "python in a script's name": render(
        wheel_members(added=[member("demo-1.0.data/scripts/python-argcomplete")])
    ),
    "a script with a suffix": render(wheel_members(added=[member("demo-1.0.data/scripts/activate-demo")])),
}


class TestWhatMustBeAccepted:
    @pytest.mark.parametrize("name", ACCEPTED)
    def test_unusual_and_published(self, name: str, unpack: Unpacker) -> None:
        assert FIRST_CONTENT.items() <= contents(unpack(ACCEPTED[name])).items()

    @pytest.mark.parametrize("spelling", ["Demo.Kit", "demo-kit", "DEMO_kit", "demo__kit"])
    def test_names_are_compared_normalized(self, unpack: Unpacker, spelling: str) -> None:
        metadata = METADATA.replace(b"demo", spelling.encode())
        data = render(wheel_members(metadata=metadata, dist_info="Demo_Kit-1.0.dist-info"))
        wheel = unpack(data, "demo_kit-1.0-py3-none-any.whl")

        assert (wheel.name, wheel.display_name) == ("demo-kit", spelling)

    def test_versions_are_compared_normalized(self, unpack: Unpacker) -> None:
        data = render(wheel_members(dist_info="demo-1.dist-info"))

        assert unpack(data, "demo-1.0.0-py3-none-any.whl").dist_info == "demo-1.dist-info"


class TestWarnings:
    @pytest.mark.parametrize("name", ["RECORD in hexadecimal", "tags that differ", "format 1.9"])
    def test_a_tolerated_fault_is_a_warning(self, name: str, unpack: Unpacker) -> None:
        assert len(unpack(ACCEPTED[name]).warnings) == 1

    def test_a_right_wheel_has_none(self, unpack: Unpacker) -> None:
        assert unpack(render(wheel_members())).warnings == ()

    def test_a_folder_with_data_that_inflates_to_nothing_is_a_warning(self, unpack: Unpacker) -> None:
        folder = dataclasses.replace(member("demo/", b""), body=deflate(b""))

        assert "inflates to nothing" in unpack(render(wheel_members(added=[folder]))).warnings[0]

    @pytest.mark.parametrize(
        "names",
        [("demo/A.py", "demo/a.py"), ("demo/a\u0301.py", "demo/\u00e1.py"), ("Demo/x.py", "demo/y.py")],
    )
    def test_names_that_some_disks_take_for_one_are_a_warning(
        self, unpack: Unpacker, names: tuple[str, ...]
    ) -> None:
        wheel = unpack(render(wheel_members(added=[member(name) for name in names])))

        assert "one file" in wheel.warnings[0]


class TestAnnouncedMetadata:
    def test_other_spelling_is_no_contradiction(self, unpack: Unpacker) -> None:
        real = (
            METADATA
            + b"Requires-Dist: A[x]>=1,<2 ; python_version<'3.9'\nRequires-Python: >=3.8\nKeywords: a\n"
        )
        announced = (
            b"Metadata-Version: 2.4\nName: Demo\nVersion: 1.0.0\nRequires-Python:  >= 3.8\nSummary: other\n"
            b'Requires-Dist: a [x] (<2,>=1) ; python_version < "3.9"\n\ntext\n'
        )

        assert unpack(render(wheel_members(metadata=real)), expected=announced).name == "demo"

    @pytest.mark.parametrize(
        "line", [b"Requires-Dist: evil\n", b"Requires-Python: >=3.99\n", b"Provides-Extra: more\n"]
    )
    def test_a_wheel_with_other_requirements_is_refused(self, unpack: Unpacker, line: bytes) -> None:
        for real, announced in ((METADATA + line, METADATA), (METADATA, METADATA + line)):
            with pytest.raises(MetadataMismatch) as caught:
                unpack(render(wheel_members(metadata=real)), expected=announced)

            assert caught.value.id == "metadata-mismatch"
            assert line.split(b":")[0].decode() in caught.value.message


class TestErrors:
    def test_the_message_names_wheel_and_entry_without_control_characters(self, unpack: Unpacker) -> None:
        with pytest.raises(InvalidWheel) as caught:
            unpack(render(wheel_members(added=[member("demo/\x1b[2J\u202e.py")])))

        assert caught.value.message.startswith(f"{FILENAME}, entry demo/\\x1b[2J\\u202e.py: ")

    def test_a_wheel_larger_than_the_disk_is_refused_before_it_is_full(
        self, unpack: Unpacker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usage = type("usage", (), {"free": 1000})

        def nearly_full(_path: str) -> type:
            return usage

        monkeypatch.setattr("zephyr_workers.unpack.shutil.disk_usage", nearly_full)
        data = render(wheel_members(added=[member("demo/large.bin", os.urandom(2 << 20))]))

        with pytest.raises(DiskFull):
            unpack(data)

    def test_a_disk_that_takes_two_names_for_one_refuses_the_second(
        self, unpack: Unpacker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        genuine = os.open

        def without_case(path: str, flags: int, mode: int = 0o777) -> int:
            folder, name = os.path.split(path)

            return genuine(f"{folder}/{name.lower()}", flags, mode)

        monkeypatch.setattr("zephyr_workers.tree_writer.os.open", without_case)

        with pytest.raises(InvalidWheel) as caught:
            unpack(render(wheel_members(added=[member("demo/A.py"), member("demo/a.py")])))

        assert caught.value.id == "wheel-name-collision"

    def test_a_name_that_this_disk_cannot_hold_is_refused(
        self, unpack: Unpacker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        genuine = os.open

        def short_names_only(path: str, flags: int, mode: int = 0o777) -> int:
            if len(os.path.basename(path)) > 140:
                raise OSError(errno.ENAMETOOLONG, "File name too long", path)

            return genuine(path, flags, mode)

        monkeypatch.setattr("zephyr_workers.tree_writer.os.open", short_names_only)

        with pytest.raises(InvalidWheel) as caught:
            unpack(render(wheel_members(added=[member("demo/" + "a" * 150)])))

        assert caught.value.id == "wheel-path-unwritable"

    def test_the_builder_of_the_other_tests_makes_sound_wheels(self, unpack: Unpacker) -> None:
        built = build_wheel("some.thing", "2.0", requires=["a>=1"], console_scripts=["a = some_thing:main"])

        assert unpack(built.data, built.filename, expected=built.metadata.encode()).name == "some-thing"

    def test_rows_are_as_the_specification_writes_them(self) -> None:
        assert row("a", b"") == ("a", "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "0")
