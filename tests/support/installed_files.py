"""Distributions put into a folder by hand, as other installers leave them.

put_distribution(site, "demo", "1.0", requires=["dep"], files={"demo.py": ""})
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from tests.support.wheels import core_metadata, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def put_distribution(
    folder: str,
    name: str,
    version: str,
    *,
    requires: Iterable[str] = (),
    metadata: str | None = None,
    direct_url: Mapping[str, Any] | None = None,
    installer: str | None = None,
    requested: bool = False,
    wheel: str | None = None,
    entry_points: str | None = None,
    files: Mapping[str, str] | None = None,
) -> str:
    """Write a ``.dist-info`` with its files and a RECORD of them; return its path.

    ``metadata`` replaces the whole document, ``wheel`` and ``entry_points`` are documents too.
    """
    info = f"{escape(name)}-{version}.dist-info"
    documents = {
        "METADATA": metadata or core_metadata(name, version, requires),
        "direct_url.json": json.dumps(direct_url) if direct_url is not None else None,
        "INSTALLER": installer,
        "REQUESTED": "" if requested else None,
        "WHEEL": wheel,
        "entry_points.txt": entry_points,
    }
    written = {f"{info}/{path}": text for path, text in documents.items() if text is not None}
    written |= files or {}
    rows = [f"{path},," for path in [*written, f"{info}/RECORD"]]

    for path, text in {**written, f"{info}/RECORD": "\n".join([*rows, ""])}.items():
        os.makedirs(os.path.dirname(f"{folder}/{path}"), exist_ok=True)

        with open(f"{folder}/{path}", "w", encoding="utf-8") as file:
            file.write(text)

    return f"{folder}/{info}"
