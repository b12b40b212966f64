"""Hostile source archives: one small attack each, tagged with the row of the table that it tries."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.tars import (
    FORMS,
    Part,
    extended,
    folder,
    hard,
    link,
    member,
    packed,
    patched,
    record,
    tar,
)
from tests.support.zips import UTF8, Archive, Member

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOP = "project-1.0"
PYPROJECT = b'[project]\nname = "project"\nversion = "1.0"\n'
PROJECT = member(f"{TOP}/pyproject.toml", PYPROJECT)
TAR, ZIP = f"{TOP}.tar.gz", f"{TOP}.zip"


@dataclass(frozen=True)
class Case:
    row: str
    name: str
    rule: str
    build: Callable[[], bytes]
    filename: str = TAR

    def __str__(self) -> str:
        return f"{self.row}-{self.name}"


def adding(
    row: str, name: str, rule: str, *members: Part, forms: tuple[str, ...] = tuple(FORMS)
) -> Iterator[Case]:
    """Add members before and after the project's own, as each kind of tar."""

    def build(parts: tuple[Part, ...], form: str) -> Callable[[], bytes]:
        return lambda: packed(tar(*parts, form=FORMS[form]))

    for form in forms:
        yield Case(row, f"{name}-first-{form}", rule, build((*members, PROJECT), form))
        yield Case(row, f"{name}-last-{form}", rule, build((PROJECT, *members), form))


def zipped(row: str, name: str, rule: str, *members: Member) -> Iterator[Case]:
    """Add members before and after the project's own, in a zip."""
    own = (Member(f"{TOP}/pyproject.toml".encode(), PYPROJECT),)

    for position, every in (("first", (*members, *own)), ("last", (*own, *members))):
        yield Case(row, f"{name}-zip-{position}", rule, Archive(every).render, ZIP)


def raw(row: str, name: str, rule: str, data: bytes, filename: str = TAR) -> Case:
    return Case(row, name, rule, lambda: data, filename)


def headers(name: str, rule: str, *parts: Part) -> Iterator[Case]:
    """Put extended headers before the last member; what they say is no business of the other forms."""
    yield from adding("T06", name, rule, *parts, member(f"{TOP}/a", b"abc"), forms=("pax", "gnu"))


def patches(name: str, rule: str, offset: int, value: bytes, *, repair: bool = True) -> Iterator[Case]:
    """Patch the header of the first and of the last member, as each kind of tar."""
    for form, number in FORMS.items():
        data = tar(PROJECT, member(f"{TOP}/a", b"abc"), form=number)

        for header in (0, 2):
            wrong = packed(patched(data, offset, value, header=header, repair=repair))
            yield raw("T07", f"{name}-{header}-{form}", rule, wrong)


_GOOD = tar(PROJECT)
_PACKED = packed(_GOOD)
_WIDE = {"here": 0xFFFF, "count": 0xFFFF}
_PATH_MAX = "d" * 247
_LONG_TARGET = "../" * 400 + "x"


def _names() -> Iterator[Case]:
    for name, path, rule in (
        ("parent", f"{TOP}/../../x", "source-path-escapes"),
        ("parent-only", "../x", "source-path-escapes"),
        ("parent-inside", f"{TOP}/a/../b", "source-path-escapes"),
        ("absolute", "/x", "source-path-escapes"),
        ("drive", "C:/x", "source-path-escapes"),
        ("drive-inside", f"{TOP}/C:/x", "source-path-unportable"),
        ("backslash", f"{TOP}/a\\b", "source-path-unportable"),
        ("backslash-parent", f"{TOP}\\..\\..\\x", "source-path-escapes"),
        ("share", "\\\\server\\share\\x", "source-path-escapes"),
        ("empty-part", f"{TOP}//x", "source-path-not-canonical"),
        ("dot", f"{TOP}/./x", "source-path-not-canonical"),
    ):
        yield from adding("T01", name, rule, member(path))
        yield from zipped("T01", name, rule, Member(path.encode()))

    yield from adding("T01", "folder", "source-path-escapes", folder(f"{TOP}/../x"))


def _links() -> Iterator[Case]:
    for name, target, rule in (
        ("out", "../../etc", "source-path-escapes"),
        ("out-of-top", "..", "source-path-escapes"),
        ("out-and-back", f"../{TOP}/pyproject.toml", "source-path-escapes"),
        ("absolute", "/etc/passwd", "source-path-escapes"),
        ("backslash", "..\\..\\x", "source-path-escapes"),
        ("missing", "none", "source-link-invalid"),
        ("through-file", "pyproject.toml/..", "source-link-invalid"),
        ("file-as-folder", "pyproject.toml/", "source-link-invalid"),
        ("itself", "a", "source-link-invalid"),
    ):
        yield from adding("T02", name, rule, link(f"{TOP}/a", target))

    yield from adding("T02", "nowhere", "source-link-invalid", link(f"{TOP}/a", ""))
    yield from adding(
        "T02", "long", "source-path-too-long", link(f"{TOP}/a", _LONG_TARGET), forms=("pax", "gnu")
    )
    yield from adding(
        "T02", "chain-out", "source-path-escapes", link(f"{TOP}/a", "b/../.."), link(f"{TOP}/b", ".")
    )
    yield from adding("T02", "circle", "source-link-invalid", link(f"{TOP}/a", "b"), link(f"{TOP}/b", "a"))
    chain = [link(f"{TOP}/{i}", f"{i + 1}") for i in range(60)]
    yield from adding("T02", "chain-long", "source-link-invalid", *chain, member(f"{TOP}/60"))
    inside = (folder(f"{TOP}/d"), link(f"{TOP}/a", "d"))
    yield from adding("T02", "through", "source-file-and-folder", *inside, member(f"{TOP}/a/x"))
    yield from adding("T02", "through-folder", "source-file-and-folder", *inside, folder(f"{TOP}/a/x"))
    yield from adding("T02", "through-link", "source-file-and-folder", *inside, link(f"{TOP}/a/x", ".."))
    yield from adding("T02", "replaced", "source-duplicate-entry", *inside, member(f"{TOP}/a"))
    yield from adding("T02", "top-is-link", "source-file-and-folder", link(TOP, "/etc"))
    yield from zipped(
        "T02", "link", "source-special-file", Member(f"{TOP}/a".encode(), b"/etc", mode=0o120777)
    )
    yield from _path_max()


def _path_max() -> Iterator[Case]:
    """What made `os.path.realpath` give up: links to folders of long names, one below the other."""
    for steps, rule in ((3, "source-file-and-folder"), (8, "source-path-too-long")):
        path, members = TOP, list[Part]()

        for step in "abcdefgh"[:steps]:
            members += [folder(f"{path}/{_PATH_MAX}"), link(f"{path}/{step}", _PATH_MAX)]
            path += f"/{_PATH_MAX}"

        over = f"{TOP}/{'/'.join('abcdefgh'[:steps])}/{'l' * 254}"
        members += [link(over, "../" * steps), link(f"{TOP}/escape", f"{over}/../../../etc")]
        yield from adding("T02", f"path-max-{steps}", rule, *members, forms=("pax", "gnu"))


def _hard_links() -> Iterator[Case]:
    rule = "source-link-invalid"

    for name, target in (
        ("missing", "none"),
        ("out", "../../etc/passwd"),
        ("absolute", "/etc/passwd"),
        ("itself", f"{TOP}/a"),
        ("relative", "pyproject.toml"),
        ("not-canonical", f"{TOP}/./pyproject.toml"),
    ):
        yield from adding("T03", name, rule, hard(f"{TOP}/a", target))

    yield from adding("T03", "later", rule, hard(f"{TOP}/a", f"{TOP}/b"), member(f"{TOP}/b"))
    yield from adding("T03", "to-folder", rule, folder(f"{TOP}/d"), hard(f"{TOP}/a", f"{TOP}/d"))
    symbolic = link(f"{TOP}/a", "pyproject.toml")
    yield from adding("T03", "to-symlink", rule, symbolic, hard(f"{TOP}/b", f"{TOP}/a"))
    many = [hard(f"{TOP}/{i}", f"{TOP}/zeros") for i in range(12)]
    zeros = member(f"{TOP}/zeros", bytes(10 << 20))
    yield from adding("T03", "amplified", "source-too-large", zeros, *many, forms=("pax",))


def _special_files() -> Iterator[Case]:
    for kind in (
        tarfile.CHRTYPE,
        tarfile.BLKTYPE,
        tarfile.FIFOTYPE,
        tarfile.CONTTYPE,
        b"S",
        b"M",
        b"V",
        b"Z",
    ):
        special = member(f"{TOP}/a", type=kind)
        yield from adding(
            "T04", f"type-{kind.decode()}", "source-special-file", special, forms=("pax", "gnu")
        )

    for mode in (0o010644, 0o020644, 0o060644, 0o140644):
        yield from zipped(
            "T04", f"mode-{mode:o}", "source-special-file", Member(f"{TOP}/a".encode(), mode=mode)
        )


def _extended_headers() -> Iterator[Case]:
    disagree, damaged, unsupported = "source-headers-disagree", "source-damaged", "source-unsupported"
    path, other = record("path", f"{TOP}/b"), record("path", f"{TOP}/c")
    long = f"{TOP}/b\0".encode()

    yield from headers("two-sizes", disagree, extended(record("size", "4")))
    yield from headers("size-word", disagree, extended(record("size", "many")))
    yield from headers("size-negative", disagree, extended(record("size", "-3")))
    yield from headers("path-twice", disagree, extended(path + other))
    yield from headers("path-twice-the-same", disagree, extended(path + path))
    yield from headers("time-twice", disagree, extended(record("mtime", "1") * 2))
    yield from headers("two-headers", disagree, extended(path), extended(other))
    yield from headers("gnu-and-pax", disagree, extended(long, b"L"), extended(path))
    yield from headers("two-long-names", disagree, extended(long, b"L"), extended(long, b"L"))
    yield from headers("two-long-targets", disagree, extended(long, b"K"), extended(long, b"K"))

    for key in ("path", "size", "linkpath", "GNU.sparse.name", "hdrcharset"):
        yield from headers(f"global-{key}", unsupported, extended(record(key, "3"), b"g"))

    comment = extended(record("comment", "a"), b"g")
    yield from headers("global-twice", disagree, comment, comment)
    yield from headers("global-twice-in-one", disagree, extended(record("comment", "a") * 2, b"g"))

    for key in (
        "GNU.sparse.major",
        "hdrcharset",
        "SCHILY.xattr.a",
        "LIBARCHIVE.x",
        "SCHILY.realsize",
        "PATH",
    ):
        yield from headers(f"vendor-{key}", unsupported, extended(record(key, "1")))

    for key in ("path", "linkpath"):
        yield from headers(f"nul-{key}", "source-path-unprintable", extended(record(key, f"{TOP}/a\0b")))
        yield from headers(f"empty-{key}", "source-path-unprintable", extended(record(key, "")))

    yield from headers("nul-long-name", "source-path-unprintable", extended(b"a\0b\0", b"L"))

    for name, data in (
        ("length-zero", b"0 path=a\n"),
        ("length-short", b"5 path=a\n"),
        ("length-long", b"99 path=a\n"),
        ("length-padded", b"010 path=a\n"),
        ("length-negative", b"-9 path=a\n"),
        ("length-missing", b"path=a\n"),
        ("no-key", b"5 =a\n"),
        ("no-value", b"7 path\n"),
        ("no-newline", b"9 path=aa"),
    ):
        yield from headers(name, damaged, extended(data))

    for kind in (b"x", b"L", b"K"):
        data = tar(PROJECT, extended(long if kind != b"x" else path, kind))
        yield raw("T06", f"last-{kind.decode()}", damaged, packed(data))


def _numbers() -> Iterator[Case]:
    for place, offset in (("size", 124), ("mode", 100)):
        width = 12 if place == "size" else 8
        number = "source-number-invalid"
        yield from patches(f"{place}-negative", number, offset, b"\xff" * width)
        yield from patches(f"{place}-binary", number, offset, b"\x80" + bytes(width - 1))
        yield from patches(f"{place}-minus", number, offset, b"-1".ljust(width, b"\0"))
        yield from patches(f"{place}-digits", number, offset, b"9".ljust(width, b"\0"))
        yield from patches(f"{place}-underscore", number, offset, b"1_1".ljust(width, b"\0"))
        yield from patches(f"{place}-gap", number, offset, b"1 1".ljust(width, b"\0"))

    yield from patches("size-beyond", "source-damaged", 124, b"77777777777\0")
    yield from patches("checksum-name", "source-damaged", 0, b"x", repair=False)
    yield from patches("checksum-itself", "source-damaged", 148, b"000000\0 ", repair=False)
    yield from patches("magic", "source-not-a-tar", 257, b"wrong")
    yield raw("T07", "trailing-members", "source-trailing-data", packed(_GOOD + _GOOD))
    yield raw("T07", "zeros-inside", "source-trailing-data", packed(_GOOD[:1024] + bytes(512) + _GOOD))
    yield raw("T07", "trailing-byte", "source-trailing-data", packed(_GOOD + b"x"))
    yield raw("T07", "trailing-zero", "source-damaged", packed(_GOOD + b"\0"))

    for length in (1, 511, 512, 513, 600, 1023, 1024):
        yield raw("T07", f"cut-{length}", "source-damaged", packed(_GOOD[:length]))


def _gzip() -> Iterator[Case]:
    damaged, trailing = "source-damaged", "source-trailing-data"
    yield raw("T08", "two-members", trailing, _PACKED + _PACKED)
    yield raw("T08", "empty-member-after", trailing, _PACKED + packed(b""))
    yield raw("T08", "split", trailing, packed(_GOOD[:1024]) + packed(_GOOD[1024:]))
    yield raw("T08", "junk", trailing, _PACKED + b"junk")
    yield raw("T08", "zeros", trailing, _PACKED + bytes(512))
    yield raw("T08", "crc", damaged, _PACKED[:-8] + b"\0\0\0\0" + _PACKED[-4:])
    yield raw("T08", "size", damaged, _PACKED[:-4] + b"\0\0\0\1")
    yield raw("T08", "magic", damaged, b"\x1f\x8c" + _PACKED[2:])
    yield raw("T08", "method", damaged, _PACKED[:2] + b"\x07" + _PACKED[3:])
    yield raw("T08", "flags", damaged, _PACKED[:3] + b"\xe0" + _PACKED[4:])
    yield raw("T08", "prepended", damaged, b"junk" + _PACKED)
    yield raw("T08", "empty", damaged, b"")
    yield raw("T08", "empty-inside", damaged, packed(b""))

    for part in range(1, 16):
        yield raw("T08", f"cut-{part}", damaged, _PACKED[: len(_PACKED) * part // 16])

    yield Case("T08", "bomb", "source-too-large", lambda: packed(bytes(120 << 20)))
    yield Case(
        "T08", "bomb-member", "source-too-large", lambda: packed(tar(member(f"{TOP}/a", bytes(120 << 20))))
    )


def _top_folders() -> Iterator[Case]:
    rule = "source-top-folder"
    yield raw("T09", "nothing", rule, packed(tar()))
    yield from adding("T09", "two", rule, member("other/x"))
    yield from adding("T09", "two-folders", rule, folder("other"))
    yield from adding("T09", "near", rule, member("project-1.1/x"))
    yield from adding("T09", "file-at-root", rule, member("x"))
    yield from adding("T09", "link-at-root", rule, link("x", f"{TOP}/pyproject.toml"))
    yield from zipped("T09", "two", rule, Member(b"other/x"))
    yield from zipped("T09", "file-at-root", rule, Member(b"x"))
    recent = member("other-1.0/PKG-INFO", b"Metadata-Version: 2.2\nName: project\nVersion: 1.0\n")

    for form, number in FORMS.items():
        yield raw("T09", f"other-name-{form}", rule, packed(tar(recent, form=number)))


def _budgets() -> Iterator[Case]:
    yield from adding("T10", "duplicate", "source-duplicate-entry", member(f"{TOP}/a"), member(f"{TOP}/a"))
    yield from adding(
        "T10", "duplicate-dot", "source-duplicate-entry", member(f"{TOP}/a"), member(f"./{TOP}/a")
    )
    yield from adding(
        "T10", "duplicate-folder", "source-duplicate-entry", folder(f"{TOP}/a"), folder(f"{TOP}/a/")
    )
    yield from adding(
        "T10", "file-and-folder", "source-duplicate-entry", member(f"{TOP}/a"), folder(f"{TOP}/a")
    )
    yield from adding(
        "T10", "below-a-file", "source-file-and-folder", member(f"{TOP}/a"), member(f"{TOP}/a/x")
    )
    yield from adding(
        "T10", "folder-below-file", "source-file-and-folder", member(f"{TOP}/a"), folder(f"{TOP}/a/x")
    )
    yield from adding("T10", "deep", "source-path-too-long", member(TOP + "/a" * 1000), forms=("pax", "gnu"))
    yield from adding(
        "T10", "long", "source-path-too-long", member(f"{TOP}/{'a' * 256}"), forms=("pax", "gnu")
    )
    same = Member(f"{TOP}/a".encode())
    yield from zipped("T10", "duplicate", "source-duplicate-entry", same, same)
    yield from zipped("T10", "deep", "source-path-too-long", Member((TOP + "/a" * 1000).encode()))
    yield from zipped(
        "T10", "folder-with-data", "source-folder-with-data", Member(f"{TOP}/d/".encode(), b"x", mode=0o40755)
    )
    claim = Archive(
        (Member(f"{TOP}/a".encode()),), zip64=True, end=_WIDE, end64={"here": 200_001, "count": 200_001}
    )
    yield Case("T10", "claims-200001-zip", "source-too-large", claim.render, ZIP)
    huge = Member(f"{TOP}/a".encode(), b"x").with_both(size=(1 << 32) - 2)
    yield from zipped("T10", "claims-4-gib", "source-too-large", huge)
    data = patched(tar(PROJECT, member(f"{TOP}/a")), 124, b"40000000000\0", header=2)
    yield raw("T10", "claims-4-gib", "source-damaged", packed(data))


def _characters() -> Iterator[Case]:
    for name, text in (
        ("escape", "\x1b[2J"),
        ("newline", "\n"),
        ("delete", "\x7f"),
        ("right-to-left", "\u202e"),
        ("zero-width", "\u200b"),
        ("line-separator", "\u2028"),
        ("private", "\ue000"),
    ):
        path = f"{TOP}/a{text}b"
        yield from adding("T11", name, "source-path-unprintable", member(path))
        yield from zipped("T11", name, "source-path-unprintable", Member(path.encode(), flags=UTF8))

    latin = "source-name-encoding"
    yield from adding("T11", "not-utf8", latin, member(f"{TOP}/\udcff"), forms=("gnu", "ustar"))
    yield from adding("T11", "target", latin, link(f"{TOP}/a", "\udcff"), forms=("gnu", "ustar"))
    yield from adding(
        "T11",
        "surrogate",
        latin,
        extended(record("path", "\udced\udca0\udc80")),
        member(f"{TOP}/a"),
        forms=("pax",),
    )
    yield from adding(
        "T11", "long-name", latin, extended(b"\xff\0", b"L"), member(f"{TOP}/a"), forms=("gnu",)
    )
    yield from zipped("T11", "not-utf8", latin, Member(TOP.encode() + b"/\xff", flags=UTF8))
    yield from zipped("T11", "not-declared", latin, Member(f"{TOP}/é".encode()))


def _kinds() -> Iterator[Case]:
    for end in (
        ".tar.bz2",
        ".tar.xz",
        ".tar.Z",
        ".tar.zst",
        ".tar",
        ".egg",
        ".exe",
        ".rpm",
        ".7z",
        ".gz",
        "",
    ):
        yield raw("T12", f"named{end or '-nothing'}", "source-unsupported", _PACKED, f"project-1.0{end}")

    zip_data = Archive((Member(f"{TOP}/pyproject.toml".encode(), PYPROJECT),)).render()

    for name, data in (
        ("zip", zip_data),
        ("tar", _GOOD),
        ("page", b"<!doctype html><title>Sign in</title>"),
        ("bzip2", b"BZh91AY&SY" + bytes(60)),
        ("xz", b"\xfd7zXZ\0" + bytes(60)),
    ):
        yield raw("T12", f"{name}-as-tar", "source-damaged", data)

    for name, data in (("tar", _PACKED), ("page", b"<!doctype html>" + bytes(99)), ("nothing", b"")):
        yield raw("T12", f"{name}-as-zip", "source-not-a-zip", data, ZIP)

    yield raw("T12", "prepended-zip", "source-prepended-data", b"#!/bin/sh\n" + zip_data, ZIP)
    yield raw("T12", "gzip-of-text", "source-damaged", packed(b"text"))
    yield raw("T12", "gzip-of-zip", "source-damaged", packed(zip_data))


CASES = (
    *_names(),
    *_links(),
    *_hard_links(),
    *_special_files(),
    *_extended_headers(),
    *_numbers(),
    *_gzip(),
    *_top_folders(),
    *_budgets(),
    *_characters(),
    *_kinds(),
)
