"""One spelling for a folder, however it was reached: links, ``..`` and the case of letters resolved."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def canonical_path(path: str) -> str:
    """Return the one spelling of ``path``: absolute, links followed, letters as the file system has them."""
    return stored_spelling(os.path.realpath(path), os.path.samefile, os.listdir)


def stored_spelling(
    path: str, same_file: Callable[[str, str], bool], names: Callable[[str], Iterable[str]]
) -> str:
    """Return the absolute ``path`` with every part in the case that its folder lists it in.

    ``same_file`` and ``names`` ask the file system, and raise OSError where it does not answer: such a part
    stays as it is. A folder is listed only if it takes another case for the same: few systems do.
    """
    parent, name = os.path.split(path)

    if not name:
        return path

    parent = stored_spelling(parent, same_file, names)
    spelled = os.path.join(parent, name)

    try:
        if name.swapcase() == name or not same_file(spelled, os.path.join(parent, name.swapcase())):
            return spelled

        listed = sorted(names(parent))
    except OSError:
        return spelled

    found = name if name in listed else next((each for each in listed if folded(each) == folded(name)), name)

    return os.path.join(parent, found)


def folded(name: str) -> str:
    """Return what names have in common that a case-insensitive system takes for the same."""
    import unicodedata

    return unicodedata.normalize("NFC", name).casefold()
