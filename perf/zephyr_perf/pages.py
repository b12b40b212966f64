"""The Simple API's pages, JSON (PEP 691, 700) and HTML (PEP 503, 592, 658, 714), from plain values."""

from __future__ import annotations

import hashlib
import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zephyr.model.artifact import Listing

JSON_TYPE = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file of a page; its place on the index is made of its digest."""

    filename: str
    sha256: str | None = None
    size: int | None = None
    requires_python: str | None = None
    upload_time: str | None = None
    yanked: bool | str = False
    metadata: str | None = None
    """SHA-256 of the core-metadata sibling; empty where there is one of unknown digest, None without one."""

    @property
    def path(self) -> str:
        """Where the index has it, below its root."""
        digest = self.sha256 or hashlib.sha256(self.filename.encode()).hexdigest()

        return f"files/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{self.filename}"


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that an index has of one project."""

    name: str
    files: tuple[ListedFile, ...]
    versions: tuple[str, ...] = ()


def page_of(listing: Listing) -> Page:
    """Return the page that says what ``listing`` says; every wheel is announced with a metadata sibling."""
    return Page(
        listing.name,
        tuple(
            ListedFile(
                one.filename,
                one.sha256,
                one.size,
                one.requires_python,
                one.upload_time,
                False if one.yanked is None else one.yanked or True,
                "" if one.is_wheel else None,
            )
            for one in listing.artifacts
        ),
    )


def render_json(page: Page) -> bytes:
    """Return the document of PEP 691; files are two folders up from the page."""
    document: dict[str, object] = {
        "meta": {"api-version": "1.1" if page.versions else "1.0"},
        "name": page.name,
        "files": [_json_file(one) for one in page.files],
    }

    if page.versions:
        document["versions"] = list(page.versions)

    return json.dumps(document, separators=(",", ":")).encode()


def _json_file(file: ListedFile) -> Mapping[str, object]:
    sibling = None if file.metadata is None else ({"sha256": file.metadata} if file.metadata else True)
    said = {
        "core-metadata": sibling,
        "filename": file.filename,
        "hashes": {"sha256": file.sha256} if file.sha256 else {},
        "requires-python": file.requires_python,
        "size": file.size,
        "upload-time": file.upload_time,
        "url": f"../../{file.path}",
        "yanked": file.yanked,
    }

    return {key: value for key, value in said.items() if value is not None}


def render_html(page: Page, *, siblings: bool = True) -> bytes:
    """Return the page of PEP 503, with or without word of metadata siblings."""
    links = "".join(_html_link(one, siblings=siblings) for one in page.files)
    title = html.escape(page.name)

    return (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>\n{links}</body></html>\n".encode()
    )


def _html_link(file: ListedFile, *, siblings: bool) -> str:
    fragment = f"#sha256={file.sha256}" if file.sha256 else ""
    attributes = {"href": f"../../{file.path}{fragment}"}

    if file.requires_python is not None:
        attributes["data-requires-python"] = file.requires_python

    if file.yanked is not False:
        attributes["data-yanked"] = file.yanked if isinstance(file.yanked, str) else ""

    if siblings and file.metadata is not None:
        attributes["data-core-metadata"] = f"sha256={file.metadata}" if file.metadata else "true"

    words = " ".join(f'{key}="{html.escape(value)}"' for key, value in attributes.items())

    return f"<a {words}>{html.escape(file.filename)}</a><br>\n"


def accepts_json(accept: str) -> bool:
    """Return whether a client that sends this ``Accept`` header is given JSON: it is, if it names it."""
    return any(part.partition(";")[0].strip() == JSON_TYPE for part in accept.split(","))


def wheels_of(files: Sequence[ListedFile]) -> list[ListedFile]:
    """Return the wheels among ``files``."""
    return [one for one in files if one.filename.endswith(".whl")]
