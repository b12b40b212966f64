"""Builds source archives in memory, with a backend that an index offers as a wheel.

    index.serve_backend()                          # see `serve_backend`
    archive = build_source("demo", "1.0", requires=["dep"])
    index.add_bytes("demo", "1.0", archive.filename, archive.data)

The backend makes a wheel of what lies in the source and has no other requirement, so a build needs
nothing but the index. ``static=False`` makes an old archive, whose metadata only the backend knows.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.wheels import core_metadata, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.support.fake_index import FakeIndex

BACKEND = """
import base64, hashlib, os, zipfile

def _identity():
    with open("METADATA", encoding="utf-8") as file:
        text = file.read()
    fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    return fields["Name"].replace("-", "_"), fields["Version"], text

def _pack(folder, files):
    name, version, metadata = _identity()
    info = "%s-%s.dist-info" % (name, version)
    files = dict(files)
    files[info + "/METADATA"] = metadata
    files[info + "/WHEEL"] = "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\n"
    files[info + "/WHEEL"] += "Tag: py3-none-any\\n"
    rows = []
    target = "%s-%s-py3-none-any.whl" % (name, version)
    with zipfile.ZipFile(os.path.join(folder, target), "w") as wheel:
        for path, text in files.items():
            data = text.encode()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append("%s,sha256=%s,%d" % (path, digest, len(data)))
            wheel.writestr(path, data)
        rows.append(info + "/RECORD,,")
        wheel.writestr(info + "/RECORD", "\\n".join(rows) + "\\n")
    return target

def build_wheel(folder, settings=None, metadata=None):
    name, version, _ = _identity()
    with open("module.py", encoding="utf-8") as file:
        source = file.read()
    return _pack(folder, {name + ".py": source + "SETTINGS = %r\\n" % (settings or {})})

def build_editable(folder, settings=None, metadata=None):
    name, version, _ = _identity()
    return _pack(folder, {"__editable__%s.pth" % name: os.path.join(os.getcwd(), "src") + "\\n"})

def prepare_metadata_for_build_wheel(folder, settings=None):
    name, version, metadata = _identity()
    info = "%s-%s.dist-info" % (name, version)
    os.mkdir(os.path.join(folder, info))
    with open(os.path.join(folder, info, "METADATA"), "w", encoding="utf-8") as file:
        file.write(metadata)
    return info
"""

PYPROJECT = '[build-system]\nrequires = ["test-backend"]\nbuild-backend = "test_backend"\n'


@dataclass(frozen=True, slots=True)
class BuiltSource:
    """A source archive's name and bytes."""

    filename: str
    data: bytes


def serve_backend(index: FakeIndex) -> None:
    """Offer the backend that `build_source` names."""
    index.serve("test-backend", "1.0", files={"test_backend.py": BACKEND})


def project_files(
    name: str,
    version: str = "1.0",
    *,
    requires: Iterable[str] = (),
    module: str = "x = 1\n",
    pyproject: str = PYPROJECT,
    static: bool = True,
) -> Mapping[str, str]:
    """Return the files of a project by their paths."""
    metadata = core_metadata(name, version, requires)
    files = {"pyproject.toml": pyproject, "METADATA": metadata, "module.py": module}
    files[f"src/{escape(name)}.py"] = module
    files["PKG-INFO"] = (
        metadata if static else metadata.replace("Metadata-Version: 2.3", "Metadata-Version: 2.1")
    )

    return files


def write_project(folder: Path, name: str, version: str = "1.0", *, requires: Iterable[str] = ()) -> None:
    """Write a project, without PKG-INFO as in a checkout, into ``folder``."""
    for path, text in project_files(name, version, requires=requires).items():
        if path != "PKG-INFO":
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)


def build_source(
    name: str,
    version: str = "1.0",
    *,
    requires: Iterable[str] = (),
    module: str = "x = 1\n",
    pyproject: str = PYPROJECT,
    static: bool = True,
) -> BuiltSource:
    """Build a ``.tar.gz`` of a project."""
    files = project_files(name, version, requires=requires, module=module, pyproject=pyproject, static=static)
    stem = f"{escape(name)}-{version}"
    buffer = io.BytesIO()

    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"{stem}/{path}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))

    return BuiltSource(f"{stem}.tar.gz", gzip.compress(buffer.getvalue(), mtime=0))
