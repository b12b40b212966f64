"""Rows W01 to W22: archives that lie about their entries, their names, their sizes or their end."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.support.hostile_case import Case, adding, building, on_each
from tests.support.wheel_parts import DIST_INFO, FILES, METADATA, PRODUCERS, member, render, wheel_members
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def archive_attacks() -> Iterator[Case]:
    yield from header_cases()
    yield from name_cases()
    yield from duplicate_cases()
    yield from archive_cases()
    yield from content_cases()


def cut(data: bytes, length: int) -> bytes:
    return data[:length]


def told_locally(**fields: Any) -> Callable[[Member], Member]:
    return lambda one: one.with_local(**fields)


def flagged(bit: int, one: Member) -> Member:
    return replace(one, flags=one.flags | 1 << bit)


def packed(method: int, one: Member) -> Member:
    return replace(one, method=method, body=deflate(one.data))


def described(make: Callable[[Member], bytes], one: Member) -> Member:
    lying = replace(one, flags=one.flags | STREAMED, descriptor=make(one))

    return lying.with_local(crc=0, size=0, compressed_size=0)


def with_central_extra(make: Callable[[Member], bytes], one: Member) -> Member:
    return replace(one, central_extra=make(one))


def with_local_extra(make: Callable[[Member], bytes], one: Member) -> Member:
    return replace(one, local_extra=make(one))


# Attacks on the headers of one entry


def header_cases() -> Iterator[Case]:
    yield from on_each(
        "W02", "local-name", "wheel-headers-disagree", lambda m: m.with_local(name=b"demo/other.py")
    )
    yield from on_each(
        "W02", "longer-local-name", "wheel-headers-disagree", lambda m: m.with_local(name=m.name + b"x")
    )
    yield from on_each(
        "W02", "case", "wheel-headers-disagree", lambda m: m.with_local(name=m.name.swapcase())
    )

    for field, value in {"crc": 1, "size": 7, "compressed_size": 3}.items():
        yield from on_each(
            "W03",
            f"local-{field}",
            "wheel-headers-disagree",
            told_locally(**{field: value}),
        )

    yield from on_each("W03", "local-method", "wheel-headers-disagree", lambda m: m.with_local(method=STORED))
    yield from on_each(
        "W03", "local-flags", "wheel-headers-disagree", lambda m: m.with_local(flags=m.flags ^ UTF8)
    )
    yield from on_each("W04", "hidden", "wheel-", lambda m: replace(m, listed=False))
    yield from on_each("W04", "gap", "wheel-", lambda m: replace(m, after=b"\0" * 5))
    yield from on_each(
        "W04", "hidden-inside-a-gap", "wheel-", lambda m: replace(m, after=render([member("x")])[:40])
    )
    yield from on_each("W09", "comment", "wheel-entry-comment", lambda m: replace(m, comment=b"hello"))
    yield from on_each(
        "W09", "comment-with-an-entry", "wheel-entry-comment", lambda m: replace(m, comment=b"PK\1\2" * 12)
    )
    yield from descriptor_cases()
    yield from extra_cases()

    for kind, mode in {
        "link": 0o120777,
        "pipe": 0o010644,
        "device": 0o060644,
        "socket": 0o140755,
        "folder": 0o040755,
    }.items():
        yield from on_each("W18", kind, "wheel-special-file", partial(replace, mode=mode))

    yield from on_each(
        "W18", "link-from-windows", "wheel-special-file", lambda m: replace(m, mode=0o120777, system=0)
    )

    for bit in (0, 4, 5, 6, 13, 15):
        yield from on_each(
            "W20",
            f"flag-{bit}",
            "wheel-unsupported",
            partial(flagged, bit),
            once=True,
        )

    for method in (1, 9, 12, 14, 93, 95, 99):
        yield from on_each(
            "W20",
            f"method-{method}",
            "wheel-unsupported",
            partial(packed, method),
            once=True,
        )

    yield from on_each("W20", "version", "wheel-unsupported", lambda m: replace(m, version=90))
    yield from on_each("W20", "disk", "wheel-multiple-disks", lambda m: m.with_central(disk=1))


def descriptor_cases() -> Iterator[Case]:
    wrong: dict[str, Callable[[Member], bytes]] = {
        "none": lambda m: b"",
        "crc": lambda m: descriptor(m, crc=1),
        "size": lambda m: descriptor(m, size=1),
        "compressed-size": lambda m: descriptor(m, compressed_size=1),
        "unsigned-crc": lambda m: descriptor(m, signed=False, crc=1),
        "wide-size": lambda m: descriptor(m, wide=True, size=1 << 33),
        "cut": lambda m: descriptor(m)[:-1],
        "longer": lambda m: descriptor(m) + b"\0",
        "other-signature": lambda m: b"PK\x07\x09" + descriptor(m)[4:],
    }

    for name, data in wrong.items():
        yield from on_each(
            "W10",
            name,
            "wheel-descriptor-wrong",
            partial(described, data),
            producers=("plain",),
        )


def extra_cases() -> Iterator[Case]:
    def sizes(one: Member) -> tuple[int, int]:
        return len(one.data), len(one.compressed)

    zip64: dict[str, Callable[[Member], Member]] = {
        "announced-and-missing": lambda m: m.with_central(size=SENTINEL),
        "offset-missing": lambda m: m.with_central(offset=SENTINEL),
        "too-short": lambda m: replace(m, central_extra=extra(1, b"1234567")).with_central(size=SENTINEL),
        "too-long": lambda m: replace(m, central_extra=zip64_extra(*sizes(m), 0, 0)).with_central(
            size=SENTINEL
        ),
        "contradicts": lambda m: replace(m, central_extra=zip64_extra(5, 5)),
        "twice": lambda m: replace(m, central_extra=zip64_extra(*sizes(m)) * 2),
        "local-too-short": lambda m: replace(m, local_extra=zip64_extra(len(m.data))).with_local(
            size=SENTINEL
        ),
        "local-contradicts": lambda m: replace(m, local_extra=zip64_extra(77, 77)),
        "local-announced-and-missing": lambda m: m.with_local(size=SENTINEL, compressed_size=SENTINEL),
        "local-announced-in-vain": lambda m: replace(m, local_extra=extra(0xCAFE, b"")).with_local(
            size=SENTINEL
        ),
        "cut-short": lambda m: replace(m, central_extra=b"\1\0\x10\0" + b"123"),
        "local-cut-short": lambda m: replace(m, local_extra=b"\x55\x54\xff\0" + b"123"),
        "rubbish-after": lambda m: replace(m, central_extra=extra(0xCAFE, b"") + b"abc"),
    }

    for name, attack in zip64.items():
        yield from on_each("W08", f"entry-{name}", "wheel-", attack, once=True)

    def unicode_path(one: Member, name: bytes) -> bytes:
        return extra(0x7075, b"\1" + struct.pack("<L", zlib.crc32(one.name)) + name)

    names: dict[str, Callable[[Member], bytes]] = {
        "other": lambda m: unicode_path(m, b"demo/evil.py"),
        "twice": lambda m: unicode_path(m, m.name) * 2,
        "chained": lambda m: unicode_path(m, m.name) + unicode_path(m, b"demo/evil.py"),
        "stale": lambda m: extra(0x7075, b"\1" + b"\0\0\0\0" + m.name),
    }

    for name, data in names.items():
        yield from on_each("W11", name, "wheel-", partial(with_central_extra, data), once=True)
        yield from on_each("W11", f"local-{name}", "wheel-", partial(with_local_extra, data), once=True)


# Attacks with the name of one more entry


def name_cases() -> Iterator[Case]:
    yield from adding("W12", "latin-1", "wheel-name-encoding", Member(b"demo/caf\xe9.py", b"x"))
    yield from adding(
        "W12", "latin-1-declared", "wheel-name-encoding", Member(b"demo/caf\xe9.py", b"x", flags=UTF8)
    )
    yield from adding("W12", "undeclared", "wheel-name-encoding", Member("demo/café.py".encode(), b"x"))
    yield from adding(
        "W12", "surrogate", "wheel-name-encoding", Member(b"demo/\xed\xa0\x80.py", b"x", flags=UTF8)
    )
    yield from adding("W12", "overlong", "wheel-name-encoding", Member(b"demo/\xc0\xaf.py", b"x", flags=UTF8))
    rules: dict[tuple[str, str], tuple[str, ...]] = {
        ("W13", "wheel-path-unprintable"): (
            "demo/a\0b.py",
            "demo/a\nb.py",
            "demo/a\x1b[31mb.py",
            "demo/a\u202eyp.txt",
            "demo/a\u200bb.py",
            "demo/a\x7f.py",
            "demo/a\ue000.py",
            "demo/\ufeffa.py",
            "demo/a\u0378.py",
        ),
        ("W14", "wheel-path-not-canonical"): ("", "demo//a.py", "./a.py", "demo/./a.py", ".", "demo/."),
        ("W15", "wheel-path-escapes"): (
            "../a.py",
            "demo/../../a.py",
            "/etc/a",
            "demo/..",
            "..",
            "//host/a",
            "demo/../core.py",
            "/",
        ),
        ("W16", "wheel-path-"): (
            "demo\\a.py",
            "C:a.py",
            "C:/a.py",
            "\\\\host\\share\\a",
            "demo/a.py:stream",
            "demo/NUL.txt",
            "demo/nul",
            "aux.py",
            "demo/Com1.py",
            "demo/lpt9/x.py",
            "demo/a.",
            "demo/a ",
            "demo./a.py",
            "..\\a.py",
            "demo/conin$",
            "\\a.py",
            "demo/com\u00b9.txt",
            "demo/ .py/a ",
        ),
    }

    for (row, rule), names in rules.items():
        for name in names:
            yield from adding(row, repr(name), rule, member(name), once=True)

    yield from adding("W15", "too-long", "wheel-path-too-long", member("demo/" + "a" * 256))
    yield from adding("W15", "too-deep", "wheel-path-too-long", member("a/" * 100 + "b"))
    yield from adding("W14", "folder-with-data", "wheel-folder-with-data", member("demo/empty/", b"data"))
    yield from adding(
        "W14", "folder-with-crc", "wheel-", replace(member("demo/empty/", b""), body=b"").with_both(crc=9)
    )
    hidden = replace(member("demo/empty/", b""), body=b"PK not a deflate stream")
    yield from adding("W14", "folder-with-hidden-data", "wheel-", hidden)


def duplicate_cases() -> Iterator[Case]:
    yield from adding("W01", "same-bytes", "wheel-duplicate-entry", member("demo/core.py", FILES[1][1]))
    yield from adding("W01", "other-bytes", "wheel-duplicate-entry", member("demo/core.py", b"evil = 1\n"))
    yield from adding("W01", "metadata", "wheel-duplicate-entry", member(f"{DIST_INFO}/METADATA", METADATA))

    for producer in PRODUCERS:
        folders = [member("demo/sub/", b""), member("demo/sub/", b"")]
        yield Case(
            "W01",
            f"folders-{producer}",
            "wheel-duplicate-entry",
            building(wheel_members(added=folders), producer),
        )

    yield from adding("W17", "file-in-a-file", "wheel-file-and-folder", member("demo/core.py/evil.py"))
    yield from adding("W17", "file-and-folder-entry", "wheel-file-and-folder", member("demo/core.py/", b""))
    yield from adding("W17", "file-over-folder", "wheel-file-and-folder", member("demo"))


# Attacks on the archive as a whole


def archive_cases() -> Iterator[Case]:
    inner = render(wheel_members())
    changes: tuple[tuple[str, str, str, Archive], ...] = (
        ("W05", "zip-in-comment", "wheel-", Archive((), comment=inner)),
        ("W05", "signature-in-comment", "wheel-", Archive((), comment=b"see PK\5\6")),
        ("W05", "entry-in-comment", "wheel-archive-comment", Archive((), comment=b"PK\3\4")),
        ("W05", "stacked", "wheel-", Archive((), suffix=inner)),
        ("W05", "stacked-below", "wheel-", Archive((), prefix=inner)),
        ("W05", "two-ends", "wheel-", Archive((), suffix=b"PK\5\6" + b"\0" * 18)),
        ("W06", "script", "wheel-prepended-data", Archive((), prefix=b"#!/bin/sh\nexit 0\n")),
        (
            "W06",
            "program",
            "wheel-prepended-data",
            Archive((), prefix=b"MZ" + b"\0" * 500, prefix_counts=True),
        ),
        ("W06", "one-byte", "wheel-prepended-data", Archive((), prefix=b"\0")),
        (
            "W06",
            "looks-like-an-entry",
            "wheel-",
            Archive((), prefix=b"PK\3\4" + b"\0" * 30, prefix_counts=True),
        ),
        ("W07", "one-byte", "wheel-trailing-data", Archive((), suffix=b"x")),
        ("W07", "nul", "wheel-trailing-data", Archive((), suffix=b"\0" * 10)),
        ("W07", "page", "wheel-", Archive((), suffix=b"<html>" * 30_000)),
        ("W07", "short-comment", "wheel-trailing-data", Archive((), comment=b"hello", suffix=b"!")),
        ("W04", "before-directory", "wheel-", Archive((), before_directory=b"hidden")),
        ("W04", "after-directory", "wheel-hidden-data", Archive((), before_end=b"hidden")),
        ("W04", "entry-after-directory", "wheel-", Archive((), before_end=render([member("x")]))),
        ("W08", "locator-lies", "wheel-zip64-wrong", Archive((), zip64=True, locator={"offset": 0})),
        (
            "W08",
            "locator-past-end",
            "wheel-zip64-wrong",
            Archive((), zip64=True, locator={"offset": 1 << 62}),
        ),
        ("W08", "two-disks", "wheel-zip64-wrong", Archive((), zip64=True, locator={"disks": 2})),
        ("W08", "extensible-data", "wheel-zip64-wrong", Archive((), zip64=True, extensible=b"evil")),
        ("W08", "record-size", "wheel-zip64-wrong", Archive((), zip64=True, end64={"record_size": 45})),
        ("W08", "offsets-differ", "wheel-zip64-wrong", Archive((), zip64=True, end64={"offset": 4})),
        ("W08", "counts-differ", "wheel-zip64-wrong", Archive((), zip64=True, end64={"count": 1, "here": 1})),
        (
            "W08",
            "huge-count",
            "wheel-",
            Archive(
                (),
                zip64=True,
                end={"count": 0xFFFF, "here": 0xFFFF},
                end64={"count": 1 << 33, "here": 1 << 33},
            ),
        ),
        ("W08", "announced-and-missing", "wheel-zip64-wrong", Archive((), end={"offset": SENTINEL})),
        ("W20", "disk-number", "wheel-multiple-disks", Archive((), end={"disk": 1})),
        ("W20", "disk-count", "wheel-multiple-disks", Archive((), end={"here": 1})),
        ("W04", "count-too-small", "wheel-", Archive((), end={"count": 2, "here": 2})),
        ("W04", "count-too-large", "wheel-damaged", Archive((), end={"count": 60, "here": 60})),
        ("W04", "directory-too-short", "wheel-", Archive((), end={"size": 60})),
        ("W04", "directory-elsewhere", "wheel-", Archive((), end={"offset": 2})),
        (
            "W21",
            "million-entries",
            "wheel-too-large",
            Archive(
                (), zip64=True, end={"count": 0xFFFF, "here": 0xFFFF}, end64={"count": 10**6, "here": 10**6}
            ),
        ),
    )

    for row, name, rule, archive in changes:
        for producer in PRODUCERS:
            yield Case(row, f"{name}-{producer}", rule, building(wheel_members(), producer, archive))

    yield from bomb_cases()


def bomb_cases() -> Iterator[Case]:
    for producer in PRODUCERS:
        yield Case("W21", f"ratio-{producer}", "wheel-too-large", partial(_bomb, producer))

    claim = Member(b"demo/huge.bin", b"x", central_extra=zip64_extra(5 << 30)).with_central(size=SENTINEL)
    yield from adding("W21", "claims-5-GiB", "wheel-too-large", claim)
    liar = Member(b"demo/liar.txt", b"a" * 10, body=deflate(b"a" * 200_000))
    yield from adding("W21", "longer-than-declared", "wheel-damaged", liar)
    yield from on_each("W21", "overlap", "wheel-", lambda m: m.with_central(offset=0), once=True)
    quoted = Member(b"demo/quoted.bin", b"ab", method=STORED, body=render([member("demo/inner.py")]))
    yield from adding("W21", "quoted", "wheel-", quoted)


def _bomb(producer: str) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = compressor.compress(bytes(110 << 20)) + compressor.flush()
    lie: dict[str, Any] = {"size": 110 << 20, "crc": 0x1234}

    return render(wheel_members(added=[Member(b"demo/bomb.bin", b"", body=body).with_both(**lie)]), producer)


def content_cases() -> Iterator[Case]:
    def wrong_crc(one: Member) -> Member:
        return replace(one, descriptor=descriptor(one, crc=one.crc ^ 1)).with_both(crc=one.crc ^ 1)

    yield from on_each("W22", "crc", "wheel-damaged", wrong_crc)
    yield from on_each("W22", "garbage", "wheel-", lambda m: replace(m, body=b"\xff" * 30))
    yield from on_each("W22", "early-end", "wheel-damaged", lambda m: replace(m, body=deflate(m.data)[:-2]))
    yield from on_each(
        "W22", "bytes-after-end", "wheel-damaged", lambda m: replace(m, body=deflate(m.data) + b"more")
    )
    yield from on_each("W22", "shorter", "wheel-damaged", lambda m: replace(m, body=deflate(m.data[:-1])))
    yield from on_each(
        "W22", "stored-two-sizes", "wheel-damaged", lambda m: replace(m, method=STORED, body=m.data + b"x")
    )
    whole = render(wheel_members())

    for sixteenth in range(16):
        yield Case(
            "W22",
            f"cut-at-{sixteenth}-of-16",
            "wheel-",
            partial(cut, whole, len(whole) * sixteenth // 16),
        )

    yield Case("W22", "cut-by-one", "wheel-", partial(cut, whole, -1))
