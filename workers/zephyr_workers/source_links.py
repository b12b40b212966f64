"""Symbolic links of a source archive: followed in memory as the system would, kept where they stay inside.

Nothing is asked of the disk, so no path that is too long for it and no other link can mislead the check
(the ``realpath`` of CVE-2025-4517). Pure.
"""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING, Any

from zephyr_workers.paths import LONGEST_PATH
from zephyr_workers.source_errors import InvalidSource

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_MOST_FOLLOWED = 40
"""Linux follows that many on the way to one file (path_resolution(7))."""


def check_links(links: Mapping[str, str], files: Collection[str], folders: Collection[str]) -> None:
    """Refuse a link (name to target) unless it ends at a file or folder of the archive, and stays inside.

    No member may lie below a link. Raises `InvalidSource`: ``source-path-escapes`` for a target that is
    absolute or leaves the top folder on its way, ``source-link-invalid`` for one that is missing or leads
    in a circle.
    """
    for name, target in links.items():
        _Walk(name, links, files, folders).follow(target)
        _second_opinion(name, target)


class _Walk:
    """The way from one link to what it stands for."""

    def __init__(
        self, name: str, links: Mapping[str, str], files: Collection[str], folders: Collection[str]
    ) -> None:
        self._name = name
        self._links = links
        self._files = files
        self._folders = folders
        self._at = name.split("/")[:-1]
        self._followed = 0

    def follow(self, target: str) -> None:
        """Go along ``target``; the links on the way are followed where they stand."""
        waiting = self._parts(target)

        while waiting:
            part = waiting.pop()
            here = "/".join(self._at)

            if here in self._files:
                raise self._broken("leads through a file")

            if part in {"", "."}:
                continue

            if part == "..":
                self._leave()
                continue

            here = f"{here}/{part}"

            if here in self._links:
                waiting += self._parts(self._links[here])
            elif here in self._files or here in self._folders:
                self._at.append(part)
            else:
                raise self._broken("leads to no member")

    def _parts(self, target: str) -> list[str]:
        """Return a target's parts, the first one last."""
        self._followed += 1

        if self._followed > _MOST_FOLLOWED:
            raise self._broken("leads in a circle, or over too many others")

        if len(target.encode(errors="surrogatepass")) > LONGEST_PATH:
            raise InvalidSource("source-path-too-long", "its target is too long", entry=self._name)

        if not target:
            raise self._broken("leads nowhere")

        if target.startswith("/") or "\\" in target:
            raise self._escape()

        return target.split("/")[::-1]

    def _leave(self) -> None:
        self._at.pop()

        if not self._at:
            raise self._escape()

    def _broken(self, what: str) -> InvalidSource:
        return InvalidSource("source-link-invalid", f"its symbolic link {what}", entry=self._name)

    def _escape(self) -> InvalidSource:
        return InvalidSource(
            "source-path-escapes", "its symbolic link leads out of the archive", entry=self._name
        )


def _second_opinion(name: str, target: str) -> None:
    """Ask the standard library's filter as well (PEP 706); CPython 3.11.0 to 3.11.3 have none."""
    library: Any = tarfile

    if not hasattr(library, "data_filter"):
        return

    told = tarfile.TarInfo(name)
    told.type = tarfile.SYMTYPE
    told.linkname = target

    try:
        library.data_filter(told, ".")
    except library.FilterError as error:
        raise InvalidSource("source-path-escapes", "it leads out of the archive", entry=name) from error
