"""Builds small wheels in memory, right by default and wrong on request.

    wheel = build_wheel("demo", "1.0", requires=["dep>=2"], files={"demo/__init__.py": "x = 1"})
    wheel.filename, wheel.data, wheel.sha256, wheel.metadata

What a builder cannot express (a lying header, a hidden entry) is made by editing ``wheel.data``
or with the lower-level `archive` of ``(name, bytes)`` pairs.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

TIMESTAMP = (2020, 2, 2, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class BuiltWheel:
    """A wheel's name and bytes, with what an index would say of it."""

    name: str
    version: str
    filename: str
    data: bytes
    metadata: str
    requires_python: str | None = None

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the archive."""
        return hashlib.sha256(self.data).hexdigest()

    def write(self, folder: Path) -> Path:
        """Write the archive into ``folder`` and return its path."""
        path = folder / self.filename
        path.write_bytes(self.data)

        return path


def escape(name: str) -> str:
    """Spell a project name as a wheel's file name does."""
    return name.replace("-", "_").replace(".", "_")


def record_row(path: str, data: bytes) -> str:
    """Return the RECORD row of one file."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()

    return f"{path},sha256={digest},{len(data)}"


def core_metadata(
    name: str,
    version: str,
    requires: Iterable[str] = (),
    extras: Mapping[str, Iterable[str]] | None = None,
    requires_python: str | None = None,
) -> str:
    """Return a METADATA document; ``extras`` maps an extra to its own requirements."""
    lines = ["Metadata-Version: 2.3", f"Name: {name}", f"Version: {version}"]

    if requires_python is not None:
        lines.append(f"Requires-Python: {requires_python}")

    lines += [f"Requires-Dist: {requirement}" for requirement in requires]

    for extra, requirements in (extras or {}).items():
        lines.append(f"Provides-Extra: {extra}")

        for requirement in requirements:
            specification, _, marker = requirement.partition(";")
            condition = f"extra == '{extra}'"

            if marker.strip():
                condition = f"({marker.strip()}) and {condition}"

            lines.append(f"Requires-Dist: {specification.strip()} ; {condition}")

    return "\n".join([*lines, "", "A project made for a test.", ""])


def archive(entries: Iterable[tuple[str, bytes]], executable: Iterable[str] = ()) -> bytes:
    """Return a zip of ``entries`` in the given order; duplicates are kept."""
    buffer = io.BytesIO()
    modes = dict.fromkeys(executable, 0o755)

    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as output:
        for name, data in entries:
            entry = zipfile.ZipInfo(name, TIMESTAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100000 | modes.get(name, 0o644)) << 16
            output.writestr(entry, data)

    return buffer.getvalue()


def build_wheel(
    name: str = "demo",
    version: str = "1.0",
    *,
    requires: Iterable[str] = (),
    extras: Mapping[str, Iterable[str]] | None = None,
    requires_python: str | None = None,
    files: Mapping[str, str | bytes] | None = None,
    console_scripts: Sequence[str] = (),
    gui_scripts: Sequence[str] = (),
    tag: str = "py3-none-any",
    purelib: bool = True,
    metadata: str | None = None,
    executable: Iterable[str] = (),
    record: str | None = None,
) -> BuiltWheel:
    """Build a wheel.

    ``files`` maps archive paths (``.data`` paths included) to contents and defaults to one package
    with an ``__init__.py``. ``metadata`` and ``record`` replace the whole document.
    """
    module = escape(name)
    dist_info = f"{module}-{version}.dist-info"

    if metadata is None:
        metadata = core_metadata(name, version, requires, extras, requires_python)

    if files is None:
        files = {f"{module}/__init__.py": f"__version__ = {version!r}\n"}

    entries = [(path, text.encode() if isinstance(text, str) else text) for path, text in files.items()]
    entries.append((f"{dist_info}/METADATA", metadata.encode()))
    entries.append((f"{dist_info}/WHEEL", _wheel_document(tag, purelib=purelib).encode()))

    if console_scripts or gui_scripts:
        entries.append(
            (f"{dist_info}/entry_points.txt", _entry_points(console_scripts, gui_scripts).encode())
        )

    if record is None:
        rows = [record_row(path, data) for path, data in entries]
        record = "\n".join([*rows, f"{dist_info}/RECORD,,", ""])

    entries.append((f"{dist_info}/RECORD", record.encode()))

    return BuiltWheel(
        name,
        version,
        f"{module}-{version}-{tag}.whl",
        archive(entries, executable),
        metadata,
        requires_python,
    )


def _wheel_document(tag: str, *, purelib: bool) -> str:
    python, abi, platform = tag.split("-")
    tags = [
        f"Tag: {one}-{two}-{three}"
        for one in python.split(".")
        for two in abi.split(".")
        for three in platform.split(".")
    ]

    return "\n".join(
        ["Wheel-Version: 1.0", "Generator: tests", f"Root-Is-Purelib: {str(purelib).lower()}", *tags, ""]
    )


def _entry_points(console_scripts: Sequence[str], gui_scripts: Sequence[str]) -> str:
    sections: list[str] = []

    if console_scripts:
        sections += ["[console_scripts]", *console_scripts, ""]

    if gui_scripts:
        sections += ["[gui_scripts]", *gui_scripts, ""]

    return "\n".join([*sections, ""])
