"""Indexes of made-up packages that are sources alone: with a backend of their own, or with setuptools."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from zephyr_perf import made_up_backend
from zephyr_perf.pages import ListedFile, Page
from zephyr_perf.site import put, write_page
from zephyr_perf.synthetic import DONE, module_text
from zephyr_perf.upstream import metadata_of

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_BACKEND = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'

BUILD_REQUIREMENTS = ("setuptools", "wheel", "packaging")
"""What a build with setuptools and wheel installs."""

SETUPTOOLS = """[build-system]
requires = ["setuptools", "wheel"]
build-backend = "setuptools.build_meta"

[project]
name = "{name}"
version = "{version}"

[tool.setuptools]
packages = ["{module}"]
"""


def write_sources(tree: str, count: int, *, with_setuptools: bool = False) -> list[str]:
    """Make an index of ``count`` packages that are sources alone; return them as exact requirements.

    Each brings its own backend and requires nothing to be built, so that the tools' own work is what costs;
    ``with_setuptools`` each requires that and wheel, as most sources do.
    """
    pins = [f"to-build-{number}==1.0" for number in range(count)]

    if not os.path.exists(os.path.join(tree, DONE)):
        for pin in pins:
            _write_source(tree, *pin.split("=="), with_setuptools=with_setuptools)

        put(os.path.join(tree, DONE), b"")

    return pins


def list_build_requirements(tree: str, folder: str) -> None:
    """List the wheels of `BUILD_REQUIREMENTS` in ``folder`` on pages of ``tree`` that are not there yet."""
    for name in BUILD_REQUIREMENTS:
        found = [filename for filename in sorted(os.listdir(folder)) if _project_of(filename) == name]

        if found and not os.path.exists(os.path.join(tree, "simple", name)):
            _list_wheels(tree, name, [os.path.join(folder, filename) for filename in found])


def _project_of(filename: str) -> str | None:
    try:
        return parse_wheel_filename(filename)[0]
    except InvalidWheelFilename:
        return None


def _list_wheels(tree: str, name: str, paths: list[str]) -> None:
    files: list[ListedFile] = []

    for path in paths:
        content, metadata = Path(path).read_bytes(), metadata_of(path)
        file = ListedFile(
            os.path.basename(path),
            hashlib.sha256(content).hexdigest(),
            len(content),
            metadata=hashlib.sha256(metadata).hexdigest(),
        )
        put(os.path.join(tree, file.path), content)
        put(os.path.join(tree, f"{file.path}.metadata"), metadata)
        files.append(file)

    write_page(tree, Page(canonicalize_name(name), tuple(files)))


def _write_source(tree: str, name: str, version: str, *, with_setuptools: bool) -> None:
    module = name.replace("-", "_")
    folder = f"{module}-{version}"
    contents = {
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {module}\nVersion: {version}\n",
        f"{module}/__init__.py": module_text(0),
    }

    if with_setuptools:
        contents["pyproject.toml"] = SETUPTOOLS.format(name=name, version=version, module=module)
    else:
        contents["pyproject.toml"] = OWN_BACKEND
        contents["backend.py"] = Path(made_up_backend.__file__).read_text()

    archive = _tarred({f"{folder}/{path}": text for path, text in contents.items()})
    file = ListedFile(f"{folder}.tar.gz", hashlib.sha256(archive).hexdigest(), len(archive), ">=3.8")
    put(os.path.join(tree, file.path), archive)
    write_page(tree, Page(name, (file,), (version,)))


def _tarred(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()

    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(text.encode()))

    return buffer.getvalue()
