"""Indexes of made-up packages: a tree of wheels of any size."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from typing import TYPE_CHECKING

from zephyr_perf.made_up_backend import WHEEL, digest
from zephyr_perf.pages import ListedFile, Page
from zephyr_perf.site import put, write_page

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSIONS = ("1.0", "1.1", "2.0", "2.1", "3.0")
"""Of each package; only of the last is there a file."""

MODULES = 12
DONE = "synthetic-1"
"""A file of a tree that is complete; the number is that of the form that is made here."""

STAMP = (2020, 2, 2, 0, 0, 0)


def write_growth(tree: str, size: int) -> str:
    """Make an index of ``size`` packages that hang together; return the requirement that takes them all."""
    if not os.path.exists(os.path.join(tree, DONE)):
        for number in range(size):
            _write_package(tree, number, size)

        put(os.path.join(tree, DONE), b"")

    return name_of(0)


def name_of(number: int) -> str:
    """Return the name of a made-up package."""
    return f"made-up-{number:04}"


def dependencies_of(number: int, size: int) -> list[str]:
    """Return what a package requires: two others below it in a binary tree, and one that many share."""
    below = [child for child in (2 * number + 1, 2 * number + 2) if child < size]
    shared = [size - 1] if number not in {0, size - 1} and number % 3 == 0 and size - 1 not in below else []

    return [f"{name_of(one)}>=1.1,<4" for one in below + shared]


def _write_package(tree: str, number: int, size: int) -> None:
    name = name_of(number)
    module = name.replace("-", "_")
    newest = VERSIONS[-1]
    files: list[ListedFile] = []

    for version in VERSIONS:
        metadata = metadata_text(name, version, dependencies_of(number, size))
        filename = f"{module}-{version}-py3-none-any.whl"
        wheel = wheel_bytes(module, version, metadata) if version == newest else filename.encode()
        file = ListedFile(
            filename,
            hashlib.sha256(wheel).hexdigest(),
            len(wheel),
            ">=3.8",
            metadata=hashlib.sha256(metadata.encode()).hexdigest(),
        )
        files.append(file)
        put(os.path.join(tree, f"{file.path}.metadata"), metadata.encode())

        if version == newest:
            put(os.path.join(tree, file.path), wheel)

    write_page(tree, Page(name, tuple(files), VERSIONS))


def metadata_text(name: str, version: str, dependencies: list[str]) -> str:
    """Return core metadata."""
    required = "".join(f"Requires-Dist: {one}\n" for one in dependencies)

    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Python: >=3.8\n{required}"


def wheel_bytes(module: str, version: str, metadata: str) -> bytes:
    """Return a wheel of a dozen small modules."""
    info = f"{module}-{version}.dist-info"
    files = {f"{module}/__init__.py": f'"""{module}"""\n'}
    files |= {f"{module}/part_{part}.py": module_text(part) for part in range(MODULES - 1)}
    files |= {
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": WHEEL,
    }

    return _zipped({**files, f"{info}/RECORD": record_text(files, info)})


def module_text(part: int) -> str:
    """Return a module of some two hundred bytes."""
    return f'"""Part {part}."""\n\n' + "".join(f"VALUE_{line} = {part * line}\n" for line in range(12))


def record_text(files: Mapping[str, str], info: str) -> str:
    """Return RECORD for the files of a wheel."""
    rows = [f"{path},sha256={digest(text)},{len(text.encode())}\n" for path, text in files.items()]

    return "".join((*rows, f"{info}/RECORD,,\n"))


def _zipped(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()

    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            entry = zipfile.ZipInfo(path, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)

    return buffer.getvalue()
