"""A package index on loopback for the whole suite, right by default and wrong on request.

    with FakeIndex() as index:
        index.serve("demo", "1.0", requires=["dep>=2"])
        index.serve("dep", "2.0", yanked="broken")
        index.misbehave("*/demo-1.0-*.whl", times=1, truncate=1000)
        ...  # point the code under test at index.url
        assert index.count("*.whl") == 2

The options are attributes: a test may switch them at any time. Paths: ``/simple/`` and
``/simple/<name>/`` (PEP 503, 691), ``/files/<filename>`` with ``.metadata`` siblings (PEP 658), and
``/links/``, a flat find-links page of everything.
"""

from __future__ import annotations

import base64
import gzip
import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack
from urllib.parse import unquote

from packaging.utils import canonicalize_name

from tests.support.faults import Fault, FaultPlan, replacement, tamper
from tests.support.http_server import LoopbackServer, Reply, Request
from tests.support.replies import etag, missing, partial
from tests.support.simple_pages import (
    JSON_TYPE,
    UPLOAD_TIME,
    PageOptions,
    ProjectStatus,
    ServedFile,
    negotiate,
    project_html,
    project_json,
    projects_html,
    projects_json,
)
from tests.support.wheels import BuiltWheel, build_wheel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Listing(TypedDict, total=False):
    """What the listing says of a file beside what its bytes say; see `ServedFile`."""

    sibling: str | None
    requires_python: str | None
    yanked: bool | str
    upload_time: str | None
    listed_size: int | None
    listed_sha256: str | None


_LISTING_WORDS = frozenset(Listing.__annotations__) - {"requires_python"}


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One line of the request log; ``status`` is that of the answer, header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    status: int


@dataclass(eq=False)
class FakeIndex:
    """A Simple API server; every option may be given at creation or assigned later.

    ``json`` and ``html`` are the formats it offers, ``siblings`` PEP 658/714 metadata, ``ranges``
    partial content on files, ``etags`` validators with 304 answers. ``credentials`` (user, password)
    makes every path answer 401 without them. ``host`` must be a loopback address: a second index on
    another port is another origin.
    """

    json: bool = True
    html: bool = True
    siblings: bool = True
    ranges: bool = True
    etags: bool = True
    cache_control: str | None = "max-age=600"
    hashes: bool = True
    sizes: bool = True
    upload_times: bool = True
    gzip: bool = False
    relative_urls: bool = False
    api_version: str = "1.4"
    credentials: tuple[str, str] | None = None
    host: str = "127.0.0.1"
    requests: list[RecordedRequest] = field(default_factory=list[RecordedRequest], init=False)

    def __post_init__(self) -> None:
        self._files: dict[str, ServedFile] = {}
        self._statuses: dict[str, ProjectStatus] = {}
        self._faults = FaultPlan()
        self._lock = threading.Lock()
        self._server = LoopbackServer(self._handle, self.host)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up and end every thread; may be called twice."""
        self._server.close()

    # Addresses

    @property
    def origin(self) -> str:
        """``http://address:port``."""
        return self._server.origin

    @property
    def url(self) -> str:
        """The index's address, with its trailing slash."""
        return f"{self.origin}/simple/"

    @property
    def url_with_credentials(self) -> str:
        """The index's address with the credentials in it."""
        if self.credentials is None:
            return self.url

        return self.url.replace("://", "://{}:{}@".format(*self.credentials))

    @property
    def links_url(self) -> str:
        """A find-links page that lists every file."""
        return f"{self.origin}/links/"

    def file_url(self, filename: str) -> str:
        """The address of one file."""
        return f"{self.origin}/files/{filename}"

    # What it serves

    def serve(self, name: str, version: str, **options: Any) -> BuiltWheel:
        """Build a wheel and offer it; words of `Listing` go to the listing, all others to `build_wheel`.

        ``requires_python`` goes to both: the wheel's metadata and its listing.
        """
        listing: Any = {word: options.pop(word) for word in _LISTING_WORDS & options.keys()}

        return self.add_file(build_wheel(name, version, **options), **listing)

    def add_file(self, wheel: BuiltWheel, **listing: Unpack[Listing]) -> BuiltWheel:
        """Offer ``wheel``; its metadata is the sibling unless ``sibling`` says otherwise."""
        facts: Listing = {"sibling": wheel.metadata, "requires_python": wheel.requires_python, **listing}
        self.add_bytes(wheel.name, wheel.version, wheel.filename, wheel.data, **facts)

        return wheel

    def add_bytes(
        self, project: str, version: str, filename: str, data: bytes, **listing: Unpack[Listing]
    ) -> ServedFile:
        """Offer any bytes under any file name: sdists, eggs, nonsense."""
        facts: Listing = {"upload_time": UPLOAD_TIME, **listing}
        file = ServedFile(project, version, filename, data, **facts)

        with self._lock:
            self._files[filename] = file

        return file

    def remove(self, filename: str) -> None:
        """Stop offering a file."""
        with self._lock:
            del self._files[filename]

    def set_status(self, project: str, status: str, reason: str | None = None) -> None:
        """Give a project a status marker (PEP 792)."""
        with self._lock:
            self._statuses[canonicalize_name(project)] = ProjectStatus(status, reason)

    def write_links(self, folder: Path) -> Path:
        """Write every file into ``folder``, a find-links folder, and return it."""
        folder.mkdir(parents=True, exist_ok=True)

        for file in self._snapshot():
            folder.joinpath(file.filename).write_bytes(file.data)

        return folder

    # What it does wrong

    def misbehave(
        self, pattern: str, *, times: int | None = None, after: int = 0, **fault: Unpack[Fault]
    ) -> None:
        """Answer paths that match ``pattern`` (``*`` crosses slashes) with a fault.

        ``times`` is how often (None: for ever), ``after`` how many right answers come first. Of
        several faults for one path, the first planned that still strikes is used.
        """
        self._faults.add(pattern, fault, times, after)

    def behave(self) -> None:
        """Forget every planned fault."""
        self._faults.clear()

    # What it saw

    def count(self, pattern: str = "*", method: str = "*") -> int:
        """Return how many requests matched."""
        return len(self.matching(pattern, method))

    def matching(self, pattern: str = "*", method: str = "*") -> list[RecordedRequest]:
        """Return the recorded requests whose path and method match."""
        with self._lock:
            return [
                request
                for request in self.requests
                if fnmatchcase(request.path, pattern) and fnmatchcase(request.method, method)
            ]

    # Answering (on connection threads)

    def _handle(self, request: Request) -> Reply:
        reply = self._answer(request)

        # Logged before it is sent, so that a client that has its answer finds the entry.
        with self._lock:
            self.requests.append(
                RecordedRequest(request.method, request.target, request.headers, reply.status)
            )

        return reply

    def _answer(self, request: Request) -> Reply:
        if request.method not in {"GET", "HEAD"}:
            return Reply(405, headers=(("Allow", "GET, HEAD"),))

        if not self._authorised(request):
            return Reply(401, b"credentials, please\n", (("WWW-Authenticate", 'Basic realm="fake"'),))

        fault = self._faults.take(request.path)
        reply = replacement(fault, request.path)

        if reply is None:
            reply = self._find(request, fault)

        return tamper(reply, fault) if fault else reply

    def _authorised(self, request: Request) -> bool:
        if self.credentials is None:
            return True

        expected = base64.b64encode(":".join(self.credentials).encode()).decode()

        return request.headers.get("authorization") == f"Basic {expected}"

    def _find(self, request: Request, fault: Fault) -> Reply:
        parts = unquote(request.path).strip("/").split("/")

        match parts:
            case ["simple"]:
                return self._project_list(request)
            case ["simple", name]:
                return self._project(request, name)
            case ["links"]:
                return self._page(
                    request, project_html("links", self._snapshot(), self._options()), "text/html"
                )
            case ["files", filename]:
                return self._file(request, filename, fault)
            case _:
                return missing()

    def _project_list(self, request: Request) -> Reply:
        names = sorted({canonicalize_name(file.project) for file in self._snapshot()})
        kind = self._negotiate(request)

        if kind is None:
            return Reply(406)

        render = projects_json if kind == JSON_TYPE else projects_html

        return self._page(request, render(names, self.api_version), kind)

    def _project(self, request: Request, name: str) -> Reply:
        normalised = canonicalize_name(name)

        if request.path != f"/simple/{normalised}/":
            return Reply(301, headers=(("Location", f"/simple/{normalised}/"),))

        files = [file for file in self._snapshot() if canonicalize_name(file.project) == normalised]
        status = self._statuses.get(normalised)

        if not files and status is None:
            return missing()

        kind = self._negotiate(request)

        if kind is None:
            return Reply(406)

        render = project_json if kind == JSON_TYPE else project_html

        return self._page(request, render(normalised, files, self._options(), status), kind)

    def _page(self, request: Request, text: str, kind: str) -> Reply:
        body = text.encode()
        charset = "" if kind == JSON_TYPE else "; charset=utf-8"
        headers = [("Content-Type", kind + charset), ("Vary", "Accept, Accept-Encoding")]

        if self.cache_control is not None:
            headers.append(("Cache-Control", self.cache_control))

        if self.etags:
            tag = etag(body + kind.encode())
            headers.append(("ETag", tag))

            if tag in request.headers.get("if-none-match", ""):
                return Reply(304, headers=tuple(headers))

        if self.gzip and "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers.append(("Content-Encoding", "gzip"))

        return Reply(200, body, tuple(headers))

    def _file(self, request: Request, filename: str, fault: Fault) -> Reply:
        with self._lock:
            file = self._files.get(filename)
            described = self._files.get(filename.removesuffix(".metadata"))

        if file is not None:
            return self._content(request, file.data, "application/octet-stream", fault)

        if self.siblings and described is not None and described.sibling is not None:
            return self._content(request, described.sibling.encode(), "text/plain; charset=utf-8", fault)

        return missing()

    def _content(self, request: Request, data: bytes, kind: str, fault: Fault) -> Reply:
        tag = etag(data)
        headers = [("Content-Type", kind)]

        if self.etags:
            headers.append(("ETag", tag))

            if tag in request.headers.get("if-none-match", ""):
                return Reply(304, headers=tuple(headers))

        if self.ranges:
            headers.append(("Accept-Ranges", "bytes"))

        wanted = request.headers.get("range")
        current = request.headers.get("if-range", tag) == tag

        if wanted is None or not self.ranges or not current or fault.get("ranges") == "ignore":
            return Reply(200, data, tuple(headers))

        return partial(data, wanted, headers, fault)

    def _negotiate(self, request: Request) -> str | None:
        accept = request.headers.get("accept", "")

        return negotiate(accept, json_offered=self.json, html_offered=self.html)

    def _options(self) -> PageOptions:
        prefix = "../../files/" if self.relative_urls else f"{self.origin}/files/"

        return PageOptions(
            prefix, self.api_version, self.siblings, self.hashes, self.sizes, self.upload_times
        )

    def _snapshot(self) -> list[ServedFile]:
        with self._lock:
            return list(self._files.values())
