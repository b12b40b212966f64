"""The build backend of made-up sources (PEP 517): zips the package that it lies beside.

It is copied into each source archive, as ``backend.py``; it never runs from here.
"""

# ruff: noqa: ARG001 - the arguments are those of PEP 517

from __future__ import annotations

import base64
import hashlib
import os
import zipfile

WHEEL = "Wheel-Version: 1.0\nGenerator: perf\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: object = None) -> str:
    """Write the metadata; return its folder's name."""
    name, version, metadata = described()
    info = f"{name}-{version}.dist-info"
    os.mkdir(os.path.join(metadata_directory, info))

    with open(os.path.join(metadata_directory, info, "METADATA"), "w", encoding="utf-8") as file:
        file.write(metadata)

    return info


def build_wheel(
    wheel_directory: str, config_settings: object = None, metadata_directory: str | None = None
) -> str:
    """Write the wheel; return its name."""
    name, version, metadata = described()
    info, module = f"{name}-{version}.dist-info", f"{name}/__init__.py"

    with open(module, encoding="utf-8") as file:
        files = {module: file.read(), f"{info}/METADATA": metadata, f"{info}/WHEEL": WHEEL}

    rows = [f"{path},sha256={digest(text)},{len(text.encode())}\n" for path, text in files.items()]
    files[f"{info}/RECORD"] = "".join((*rows, f"{info}/RECORD,,\n"))
    filename = f"{name}-{version}-py3-none-any.whl"

    with zipfile.ZipFile(os.path.join(wheel_directory, filename), "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(path, text)

    return filename


def described() -> tuple[str, str, str]:
    """Return name, version and metadata of the source in the working folder."""
    with open("PKG-INFO", encoding="utf-8") as file:
        metadata = file.read()

    fields = dict(line.split(": ", 1) for line in metadata.splitlines())

    return fields["Name"], fields["Version"], metadata


def digest(text: str) -> str:
    """Return the SHA-256 of ``text`` as RECORD has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
