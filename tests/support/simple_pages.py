"""Renders the Simple API's pages (PEP 503, 629, 658, 691, 700, 714, 792) from plain values.

Pure functions: a list of `ServedFile` and the page's options give the JSON or HTML text.
"""

from __future__ import annotations

import hashlib
import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPE = "application/vnd.pypi.simple.v1+html"
PLAIN_HTML_TYPE = "text/html"

UPLOAD_TIME = "2020-02-02T00:00:00.000000Z"


@dataclass(frozen=True, slots=True)
class ServedFile:
    """One file of an index: its bytes and what the listing says of it.

    ``listed_size`` and ``listed_sha256`` make the listing lie. ``sibling`` is the text served as the
    file's metadata (None: it has none); its digest in the listing is always its own.
    """

    project: str
    version: str
    filename: str
    data: bytes
    sibling: str | None = None
    requires_python: str | None = None
    yanked: bool | str = False
    upload_time: str | None = UPLOAD_TIME
    listed_size: int | None = None
    listed_sha256: str | None = None

    @property
    def sha256(self) -> str:
        """The digest that the listing gives."""
        return self.listed_sha256 or hashlib.sha256(self.data).hexdigest()

    @property
    def size(self) -> int:
        """The size that the listing gives."""
        return len(self.data) if self.listed_size is None else self.listed_size


@dataclass(frozen=True, slots=True)
class PageOptions:
    """What an index chooses to tell about its files; ``files_url`` is the prefix of every link."""

    files_url: str
    api_version: str = "1.4"
    siblings: bool = True
    hashes: bool = True
    sizes: bool = True
    upload_times: bool = True


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """The status marker of a project (PEP 792)."""

    status: str
    reason: str | None = None


def project_json(
    name: str, files: Sequence[ServedFile], options: PageOptions, status: ProjectStatus | None = None
) -> str:
    """Return the JSON page of one project."""
    page: dict[str, Any] = {
        "meta": {"api-version": options.api_version},
        "name": str(canonicalize_name(name)),
        "versions": sorted({file.version for file in files}),
        "files": [_file_json(file, options) for file in files],
    }

    if status is not None:
        page["project-status"] = {"status": status.status}

        if status.reason is not None:
            page["project-status"]["reason"] = status.reason

    return json.dumps(page)


def project_html(
    name: str, files: Sequence[ServedFile], options: PageOptions, status: ProjectStatus | None = None
) -> str:
    """Return the HTML page of one project (or a find-links page)."""
    metas = [("pypi:repository-version", options.api_version)]

    if status is not None:
        metas.append(("pypi:project-status", status.status))

        if status.reason is not None:
            metas.append(("pypi:project-status-reason", status.reason))

    return _document(f"Links for {name}", metas, [_anchor(file, options) for file in files])


def projects_json(names: Iterable[str], api_version: str) -> str:
    """Return the JSON list of projects."""
    projects = [{"name": name} for name in names]

    return json.dumps({"meta": {"api-version": api_version}, "projects": projects})


def projects_html(names: Iterable[str], api_version: str) -> str:
    """Return the HTML list of projects."""
    anchors = [f'<a href="{canonicalize_name(name)}/">{html.escape(name)}</a>' for name in names]

    return _document("Simple index", [("pypi:repository-version", api_version)], anchors)


def negotiate(accept: str, *, json_offered: bool, html_offered: bool) -> str | None:
    """Return the media type to answer with (PEP 691), or None when nothing offered is acceptable."""
    offers = [JSON_TYPE] if json_offered else []

    if html_offered:
        offers = [PLAIN_HTML_TYPE, HTML_TYPE, *offers]

    quality = dict.fromkeys(offers, 0.0)

    for entry in (accept or "*/*").split(","):
        kind, *parameters = [part.strip() for part in entry.split(";")]
        weight = next((float(part[2:]) for part in parameters if part.startswith("q=")), 1.0)
        kind = kind.replace("simple.latest", "simple.v1")

        for offer in offers:
            if kind in {offer, "*/*", offer.partition("/")[0] + "/*"}:
                quality[offer] = max(quality[offer], weight)

    best = max(offers, key=lambda offer: quality[offer], default=None)

    return best if best is not None and quality[best] > 0 else None


def _file_json(file: ServedFile, options: PageOptions) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "filename": file.filename,
        "url": options.files_url + quote(file.filename),
        "hashes": {"sha256": file.sha256} if options.hashes else {},
        "yanked": file.yanked,
    }

    if file.requires_python is not None:
        entry["requires-python"] = file.requires_python

    if options.sizes:
        entry["size"] = file.size

    if options.upload_times and file.upload_time is not None:
        entry["upload-time"] = file.upload_time

    if options.siblings and file.sibling is not None:
        claim: bool | dict[str, str] = {"sha256": _digest(file.sibling)} if options.hashes else True
        entry["core-metadata"] = entry["dist-info-metadata"] = claim

    return entry


def _anchor(file: ServedFile, options: PageOptions) -> str:
    fragment = f"#sha256={file.sha256}" if options.hashes else ""
    attributes = [f'href="{html.escape(options.files_url + quote(file.filename) + fragment)}"']

    if file.requires_python is not None:
        attributes.append(f'data-requires-python="{html.escape(file.requires_python)}"')

    if file.yanked is not False:
        reason = file.yanked if isinstance(file.yanked, str) else ""
        attributes.append(f'data-yanked="{html.escape(reason)}"')

    if options.siblings and file.sibling is not None:
        claim = f"sha256={_digest(file.sibling)}" if options.hashes else "true"
        attributes += [f'data-core-metadata="{claim}"', f'data-dist-info-metadata="{claim}"']

    return f"<a {' '.join(attributes)}>{html.escape(file.filename)}</a>"


def _document(title: str, metas: Iterable[tuple[str, str]], anchors: Iterable[str]) -> str:
    head = "".join(f'<meta name="{name}" content="{html.escape(content)}">\n' for name, content in metas)
    body = "<br>\n".join(anchors)

    return (
        f"<!DOCTYPE html>\n<html>\n<head>\n{head}<title>{html.escape(title)}</title>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
