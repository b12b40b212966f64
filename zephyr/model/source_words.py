"""How a requirement that names a place is told from one that names a project: by its words alone.

Every requirement is looked at, and few name a place: what reads those is `zephyr.model.source_syntax`.
"""

from __future__ import annotations

import os
import re

ARCHIVES = (".whl", ".tar.gz", ".tgz", ".zip")
"""What the names of files end with that can be installed."""
OTHER_ARCHIVES = (
    ".tar",
    ".tar.bz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tar.lzma",
    ".tar.Z",
    ".egg",
    ".exe",
    ".rpm",
)
"""What the names of other archives end with, which are refused."""
NAMED = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\[\]]*)\])?\s*@\s*(\S.*)", re.DOTALL)
"""``name[extra] @ address``."""
SHORTHAND = re.compile(r"(?:git\+)?([A-Za-z0-9_.-]+@(?!file:)[A-Za-z0-9_.-]+):(?!//)(\S*)")
"""``git@host:path``, as git understands it."""


def names_a_place(text: str, *, editable: bool = False) -> bool:
    """Say whether a requirement names a place, and not a project to look up on an index.

    ``editable`` is the ``-e`` flag: then a bare word is a folder.
    """
    if editable or NAMED.fullmatch(text) or SHORTHAND.fullmatch(text.strip()):
        return True

    path = text.partition(";")[0].partition("[")[0].strip()

    return (
        "/" in path
        or os.sep in path
        or path in {".", ".."}
        or path.startswith("file:")
        or path.endswith((*ARCHIVES, *OTHER_ARCHIVES))
    )
