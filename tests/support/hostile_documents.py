"""Rows W23 to W34: wheels whose RECORD, METADATA, WHEEL, data folder or commands break the rules."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.support.hostile_case import Case, adding, building, documents
from tests.support.wheel_parts import (
    DIST_INFO,
    METADATA,
    PRODUCERS,
    WHEEL,
    digest,
    member,
    record_text,
    render,
    wheel_members,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.support.wheel_parts import Row


def document_attacks() -> Iterator[Case]:
    yield from document_cases()
    yield from data_folder_cases()
    yield from entry_point_cases()
    yield from type_cases()


def without(place: int, rows: list[Row]) -> list[Row]:
    return rows[:place] + rows[place + 1 :]


def repeated(place: int, rows: list[Row]) -> list[Row]:
    return [*rows, rows[place]]


def remade(place: int, make: Callable[[Row], Row], rows: list[Row]) -> list[Row]:
    return [*rows[:place], make(rows[place]), *rows[place + 1 :]]


def with_row(path: str, rows: list[Row]) -> list[Row]:
    return [*rows, (path, digest(b""), "0")]


# Attacks with the documents


def document_cases() -> Iterator[Case]:
    yield from record_cases()
    other = METADATA.replace(b"demo", b"other")
    wrong_metadata = {
        "other-name": (other, "wheel-metadata-mismatch"),
        "other-version": (METADATA.replace(b"1.0\n", b"2.0\n"), "wheel-metadata-mismatch"),
        "no-name": (b"Metadata-Version: 2.1\nVersion: 1.0\n", "wheel-metadata-mismatch"),
        "no-version": (b"Metadata-Version: 2.1\nName: demo\n", "wheel-metadata-mismatch"),
        "version-is-none": (METADATA.replace(b"1.0\n", b"one\n"), "wheel-metadata-mismatch"),
        "two-names": (METADATA + b"Name: demo\n", "wheel-metadata-unreadable"),
        "two-names-by-carriage-return": (
            METADATA + b"Summary: x\rName: other\n",
            "wheel-metadata-unreadable",
        ),
        "two-versions": (METADATA + b"Version: 1.0\n", "wheel-metadata-unreadable"),
        "latin-1": (b"Name: caf\xe9\n" + METADATA, "wheel-metadata-unreadable"),
        "in-the-description": (
            b"Metadata-Version: 2.1\n\nName: demo\nVersion: 1.0\n",
            "wheel-metadata-mismatch",
        ),
        "large": (METADATA + b"\n" + b"x" * (11 << 20), "wheel-too-large"),
        "missing": (None, "wheel-metadata-missing"),
    }

    for name, (metadata, rule) in wrong_metadata.items():
        yield from documents("W29", name, rule, metadata=metadata)

    wrong_wheel = {
        "missing": (None, "wheel-wheel-missing"),
        "version-2": (WHEEL.replace(b"1.0", b"2.0"), "wheel-version"),
        "version-0": (WHEEL.replace(b"1.0", b"0.9"), "wheel-version"),
        "version-text": (WHEEL.replace(b"1.0", b"one"), "wheel-version"),
        "no-version": (b"Root-Is-Purelib: true\n", "wheel-version"),
        "two-versions": (WHEEL + b"Wheel-Version: 1.0\n", "wheel-document"),
        "two-roots": (WHEEL + b"Root-Is-Purelib: false\n", "wheel-document"),
        "latin-1": (WHEEL.replace(b"1.0", b"\xe9"), "wheel-metadata-unreadable"),
    }

    for name, (wheel, rule) in wrong_wheel.items():
        yield from documents("W30", name, rule, wheel=wheel)

    for dist_info in (
        "other-1.0.dist-info",
        "demo-2.0.dist-info",
        "demo.dist-info",
        "demo-1.0.DIST-INFO",
        "demo-1.0.dist-info2",
    ):
        yield from documents("W28", f"named-{dist_info}", "wheel-dist-info", dist_info=dist_info)

    yield from adding("W28", "two", "wheel-dist-info", member("demo-2.0.dist-info/METADATA", METADATA))
    yield from adding(
        "W28", "two-projects", "wheel-dist-info", member("evil-1.0.dist-info/METADATA", METADATA)
    )
    yield from adding(
        "W28", "two-by-case", "wheel-dist-info", member("Demo-1.0.DIST-INFO/METADATA", METADATA)
    )

    for filename in (
        "demo.whl",
        "demo-1.0.zip",
        "../demo-1.0-py3-none-any.whl",
        "demo-1.0-py3-none-any/../x.whl",
        "demo-one-py3-none-any.whl",
    ):
        yield Case("W34", f"filename-{filename}", "wheel-filename", building(wheel_members()), filename)


def record_cases() -> Iterator[Case]:
    def change(
        name: str, rule: str, rows: Callable[[list[Row]], Sequence[Sequence[str]]], row: str
    ) -> Iterator[Case]:
        for producer in PRODUCERS:
            yield Case(row, f"{name}-{producer}", rule, building(wheel_members(rows=rows), producer))

    unreadable = {
        "latin-1": b"demo/caf\xe9,,\n",
        "open-quote": b'"demo/core.py,sha256=x,3\n',
        "nul": b"demo/\0core.py,a,b,c\n",
        "two-columns": b"demo/core.py,\n",
        "four-columns": b"demo/core.py,,,\n",
        "million-rows": b"a,sha256=x,1\n" * 300_000,
    }

    for name, record in unreadable.items():
        yield from documents("W23", name, "wheel-record-", record=record)

    missing = [one for one in wheel_members() if not one.name.endswith(b"/RECORD")]
    yield Case("W23", "missing", "wheel-record-missing", building(missing))
    yield Case(
        "W23", "misspelled", "wheel-record-missing", building([*missing, member(f"{DIST_INFO}/record", b"")])
    )
    yield from documents("W23", "empty", "wheel-record-unlisted", record=b"")

    for index, position in enumerate(("first", "middle", "last")):
        place = (0, 2, 4)[index]
        yield from change(
            f"{position}-unlisted",
            "wheel-record-unlisted",
            partial(without, place),
            "W24",
        )
        yield from change(f"{position}-twice", "wheel-record-duplicate", partial(repeated, place), "W25")
        for name, (make, rule) in _WRONG_HASHES.items():
            yield from change(
                f"{position}-{name}",
                rule,
                partial(remade, place, make),
                "W26",
            )

    for path in (
        "demo/gone.py",
        "../escape.py",
        "/etc/passwd",
        "demo\\core.py",
        "demo/../demo/core.py",
        "demo/",
    ):
        yield from change(
            f"row-{path}",
            "wheel-record-without-file",
            partial(with_row, path),
            "W25",
        )

    for name in ("RECORD.jws", "RECORD.p7s"):
        yield from adding("W27", f"{name}-listed", "wheel-record-signature", member(f"{DIST_INFO}/{name}"))

    with_hash = record_text([(f"{DIST_INFO}/RECORD", digest(b""), "0")])
    yield from documents("W27", "hashes-itself", "wheel-record-signature", record=with_hash)


_WRONG_HASHES: dict[str, tuple[Callable[[Row], Row], str]] = {
    "other": (lambda row: (row[0], digest(b"other"), row[2]), "wheel-record-mismatch"),
    "size": (lambda row: (row[0], row[1], "1"), "wheel-record-mismatch"),
    "size-text": (lambda row: (row[0], row[1], "many"), "wheel-record-unreadable"),
    "md5": (lambda row: (row[0], digest(b"", "md5"), ""), "wheel-record-hash"),
    "sha1": (lambda row: (row[0], digest(b"", "sha1"), ""), "wheel-record-hash"),
    "sha224": (lambda row: (row[0], digest(b"", "sha224"), ""), "wheel-record-hash"),
    "none": (lambda row: (row[0], "", row[2]), "wheel-record-hash"),
    "no-algorithm": (lambda row: (row[0], "sha256=", row[2]), "wheel-record-hash"),
    "padded": (lambda row: (row[0], row[1] + "=", row[2]), "wheel-record-hash"),
    "cut": (lambda row: (row[0], row[1][:-1], row[2]), "wheel-record-mismatch"),
}


def data_folder_cases() -> Iterator[Case]:
    data = "demo-1.0.data"
    rules = {
        "wheel-data-folder": (
            f"{data}/unknown/a.py",
            f"{data}/file",
            f"{data}/include/a.h",
            f"{data}/Scripts/a",
            "other-1.0.data/purelib/a.py",
            f"{data}/purelib2/x/y",
            "evil.data/data/x",
        ),
        "wheel-script-reserved": (
            f"{data}/scripts/python",
            f"{data}/scripts/python3",
            f"{data}/scripts/python3.12",
            f"{data}/scripts/Python.exe",
            f"{data}/scripts/activate",
            f"{data}/scripts/Activate.ps1",
            f"{data}/scripts/activate.fish",
            f"{data}/scripts/activate_this.py",
            f"{data}/scripts/deactivate.bat",
            f"{data}/data/pyvenv.cfg",
            f"{data}/data/PyVenv.cfg",
            f"{data}/data/bin/python3",
            f"{data}/data/bin/activate",
            f"{data}/data/Scripts/python.exe",
            f"{data}/data/Scripts/activate.bat",
            f"{data}/scripts/pythonw.exe",
        ),
        "wheel-data-conflict": (
            f"{data}/purelib/demo/core.py",
            f"{data}/purelib/demo/core.py/x.py",
            f"{data}/purelib/demo",
        ),
        "wheel-path-": (
            f"{data}/../evil.py",
            f"{data}/data/../../evil",
            f"{data}/scripts/../x",
            f"{data}//x",
        ),
    }

    for rule, names in rules.items():
        for name in names:
            yield from adding("W31", name, rule, member(name), once=True)


def entry_point_cases() -> Iterator[Case]:
    lines = {
        "wheel-entry-point-name": (
            "../evil = demo:main",
            "a/b = demo:main",
            "a\\b = demo:main",
            "nul = demo:main",
            "a:b = demo:main",
            ". = demo:main",
            ".. = demo:main",
            "a\0b = demo:main",
            "a\x1bb = demo:main",
            "a b = demo:main",
            "'; rm -rf x = demo:main",
            "COM1.x = demo:main",
            "evil. = demo:main",
            " = demo:main",
        ),
        "wheel-script-reserved": (
            "python = demo:main",
            "Python3 = demo:main",
            "activate = demo:main",
            "python3.12.exe = demo:main",
        ),
        "wheel-entry-point-value": (
            "a = demo:main;import os",
            "a = demo:main()",
            "a = demo",
            "a = demo:",
            "a = :main",
            "a = demo/x:main",
            "a = demo.:main",
            'a = demo:main"',
            "a = demo:ma in",
            "a = import:main",
            "a = demo:class",
            "a = demo:main #x",
            "a = 1demo:main",
            "a =",
        ),
        "wheel-entry-point-duplicate": (
            "a = demo:main\na = demo:other",
            "a = demo:main\nA = demo:main",
            "a = demo:main\n[gui_scripts]\na = demo:main",
        ),
        "wheel-entry-points": ("nonsense", "a: demo:main"),
    }

    for rule, texts in lines.items():
        for text in texts:
            for group in ("console_scripts", "gui_scripts"):
                data = f"[{group}]\n{text}\n".encode()
                build = building(wheel_members(entry_points=data))
                yield Case("W32", f"{group}-{text!r}", rule, build)

    yield from documents(
        "W32", "latin-1", "wheel-entry-points", entry_points=b"[console_scripts]\na\xe9 = demo:main\n"
    )


def type_cases() -> Iterator[Case]:
    page = b"<!DOCTYPE html><html><title>Log in</title></html>"
    contents = {
        "tar": b"demo/__init__.py".ljust(257, b"\0") + b"ustar\x0000" + b"\0" * 1024,
        "gzip": b"\x1f\x8b\x08\0" + b"\0" * 100,
        "page": page,
        "long-page": page * 3000,
        "empty": b"",
        "json": b"{}",
        "one-byte": b"P",
        "empty-archive": b"PK\5\6" + b"\0" * 18,
        "entry-only": render([member("demo/__init__.py")])[:50],
    }

    for name, data in contents.items():
        yield Case("W34", name, "wheel-", partial(bytes, data))
