"""What a source archive says of itself: a stand-in for METADATA that only a build could tell for certain.

PKG-INFO names the project and its version; setuptools long wrote the requirements beside it, into
``requires.txt`` of the egg-info folder: lines of requirements in sections ``[extra:marker]``, either part of
which may be absent.
"""

from __future__ import annotations

import tarfile
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def declared_metadata(archive: bytes) -> bytes:
    """Return the PKG-INFO of a ``.tar.gz`` archive, with the egg-info's requirements where it has none."""
    with tarfile.open(fileobj=BytesIO(archive), mode="r:gz") as tar:
        files = {member.name: member for member in tar if member.isfile()}
        top = min((name for name in files if name.endswith("/PKG-INFO")), key=lambda name: name.count("/"))
        header, blank, body = _read(tar, files[top]).partition("\n\n")
        listed = next((name for name in files if name.endswith(".egg-info/requires.txt")), None)

        if listed is not None and "\nRequires-Dist:" not in header:
            lines = _read(tar, files[listed]).splitlines()
            header = "\n".join(
                [header.rstrip(), *(f"Requires-Dist: {line}" for line in requirement_lines(lines))]
            )

    return (header + blank + body).encode()


def requirement_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the requirements of a ``requires.txt`` as Requires-Dist values."""
    section = ""

    for line in filter(None, map(str.strip, lines)):
        if line.startswith("["):
            extra, _, marker = line.strip("[]").partition(":")
            conditions = [f"({marker})"] if marker else []
            conditions += [f'extra == "{extra}"'] if extra else []
            section = " and ".join(conditions)
        else:
            yield f"{line} ; {section}" if section else line


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = tar.extractfile(member)
    assert file is not None, "only files are read"

    return file.read().decode()
