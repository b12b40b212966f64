"""The archives of a page on which nothing is wrong, told column by column.

Examining thousands of entries one by one costs ten times as much as this. What it says is what
`zephyr_workers.simple_entries` would say of each entry; where it cannot tell, it says nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from zephyr.model.lowering import FileColumns
from zephyr.model.names import canonicalize_name
from zephyr_workers.simple_links import are_usable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName

    from zephyr_workers.simple_entries import Entry

_DIGESTS = re.compile("(?:[0-9a-f]{64}\n)*+")


def read_columns(archives: Sequence[Entry], page_url: str, name: NormalizedName | None) -> FileColumns | None:
    """Return what the entries of some archives say where all of them are usable and none is there twice.

    None where an entry has to be looked at. All of them have a ``filename`` with the suffix of an archive.
    """
    rows = [
        (
            entry["filename"],
            entry.get("url"),
            entry.get("hashes"),
            entry.get("size"),
            entry.get("requires-python"),
            entry.get("yanked"),
        )
        for entry in archives
    ]
    columns: Iterable[tuple[Any, ...]] = zip(*rows, strict=True) if rows else ((),) * 6
    filenames, links, hashes, sizes, requires_python, yanks = columns

    if not (
        _all_are(links, str)
        and _all_are(hashes, dict)
        and _all_are(sizes, int, type(None))
        and _all_are(requires_python, str, type(None))
        and set(map(len, hashes)) <= {1}
    ):
        return None

    digests = [one.get("sha256") for one in hashes]

    if not (
        _all_are(digests, str)
        and _are_digests(digests)
        and not [size for size in sizes if size is not None and size < 0]
        and _are_names(filenames, name)
        and are_usable(page_url, links)
    ):
        return None

    return FileColumns(
        filenames,
        [text or None for text in requires_python],
        [value is True or isinstance(value, str) for value in yanks],
        digests,
    )


def _all_are(values: Iterable[object], *types: type) -> bool:
    return set(map(type, values)) <= {*types}


def _are_digests(digests: Sequence[str]) -> bool:
    text = "\n".join((*digests, ""))

    return text.count("\n") == len(digests) and _DIGESTS.fullmatch(text) is not None


def _are_names(filenames: Sequence[str], name: NormalizedName | None) -> bool:
    """Tell whether all names are different ones, of archives of a project."""
    text = "".join(filenames)
    wheels = [filename for filename in filenames if filename.endswith(".whl")]

    return (
        len(set(filenames)) == len(filenames)
        and text.isprintable()
        and "/" not in text
        and "\\" not in text
        and {filename.count("-") for filename in wheels} <= {4, 5}
        and (name is None or _are_of(filenames, wheels, name))
    )


def _are_of(filenames: Sequence[str], wheels: Sequence[str], name: NormalizedName) -> bool:
    """Tell whether all archives begin with the name of a project in a spelling of its length."""
    length = len(name) + 1
    spellings = {filename[:length] for filename in filenames}

    # In the name of a wheel the first dash stands behind that of the project.
    return {canonicalize_name(spelling) for spelling in spellings} <= {f"{name}-"} and all(
        spelling.find("-") == length - 1 for spelling in {wheel[:length] for wheel in wheels}
    )
