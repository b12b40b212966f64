"""Index pages into listings: content negotiation, and the rules that hold for JSON and HTML alike.

Specifications: PEP 503, 592, 629, 658, 691, 700, 714, 792. Pure functions over the bytes of one page.
A page that cannot be believed as a whole raises `IndexPageInvalid`; single files that are of no use
are left out and counted in `Listing.skipped`. Versions are not parsed here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from zephyr.model.artifact import Artifact, Listing, ProjectStatus
from zephyr.model.names import canonicalize_name
from zephyr_workers.network_errors import IndexPageInvalid, IndexPageUnexpected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
"""The formats understood, the cheapest to parse first (PEP 691)."""

MAX_FILES = 500_000
MAX_URL_LENGTH = 8_192
ARCHIVE_SUFFIXES = (".whl", ".tar.gz", ".zip")
KNOWN_MINOR = 4
"""The newest minor version of the Simple API whose rules are followed (PEP 792)."""

_SHA256 = re.compile("[0-9a-f]{64}")
_PLAIN_LINK = re.compile(
    r"(?:(?P<origin>https://[A-Za-z0-9.-]+(?::[0-9]+)?/)|(?P<up>(?:\.\./)*))"
    r"(?P<rest>\w[\w.+~!%-]*(?:/\w[\w.+~!%-]*)*)",
    re.ASCII,
)
"""A link whose parts are names, from an origin or from the page's own place: what nearly all pages have."""
_DIGEST_LENGTHS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}


class FileCollector:
    """Gathers the files of one page that can be used, and why the others cannot."""

    def __init__(self, page_url: str, name: NormalizedName | None) -> None:
        """``name`` is the project asked for; None accepts files of any project (flat pages)."""
        self.page_url = page_url
        self._name = name
        self._artifacts: dict[str, Artifact] = {}
        self._conflicting: set[str] = set()
        self._skipped: dict[str, tuple[int, str]] = {}
        self._foreign = 0
        self._spellings: set[str] = set()

    def skip(self, reason: str, example: str) -> None:
        """Count one file that is left out."""
        count, first = self._skipped.get(reason, (0, example))
        self._skipped[reason] = (count + 1, first)

        if count >= MAX_FILES:
            raise IndexPageInvalid(f"The page {self.page_url} lists more than {MAX_FILES} files.")

    def is_usable(self, filename: str) -> bool:
        """Tell whether a file name is one of an archive of the project; count it as skipped if not."""
        if not filename.endswith(ARCHIVE_SUFFIXES):
            self.skip("not a wheel or a source archive", filename)
        elif "/" in filename or "\\" in filename or not filename.isprintable():
            self.skip("unsafe file name", ascii(filename))
        elif filename.endswith(".whl") and filename.count("-") not in (4, 5):
            self.skip("malformed wheel name", filename)
        elif not self._is_own(filename):
            self._foreign += 1
            self.skip("file of another project", filename)
        else:
            return True

        return False

    def _is_own(self, filename: str) -> bool:
        """Tell whether a file is of the project asked for; remembers the spellings of its name."""
        if self._name is None:
            return True

        spelling = filename[: filename.find("-") + 1]

        if filename.endswith(".whl") and spelling in self._spellings:
            return True

        own = belongs(filename, self._name)

        if own and filename.endswith(".whl"):
            self._spellings.add(spelling)

        return own

    def add(self, artifact: Artifact) -> None:
        """Keep one file; a name listed twice with different digests is dropped altogether."""
        known = self._artifacts.setdefault(artifact.filename, artifact)

        if known is not artifact and contradict(known.hashes, artifact.hashes):
            self._conflicting.add(artifact.filename)

        if len(self._artifacts) > MAX_FILES:
            raise IndexPageInvalid(f"The page {self.page_url} lists more than {MAX_FILES} files.")

    def listing(self, status: str | None = None, status_reason: str | None = None) -> Listing:
        """Return what was gathered; raise `IndexPageInvalid` when every file belongs to another project."""
        for filename in sorted(self._conflicting):
            del self._artifacts[filename]
            self.skip("listed twice with different hashes", filename)

        if self._foreign and not self._artifacts and len(self._skipped) == 1:
            raise IndexPageInvalid(
                f"The page {self.page_url} lists only files of other projects than {self._name}.",
                hint="Check the address of the index, and any proxy or mirror on the way to it.",
            )

        known_status = _status(status)

        if status is not None and known_status is None:
            self.skip("unknown project status", status)

        return Listing(
            name=self._name or canonicalize_name(""),
            artifacts=tuple(self._artifacts.values()),
            status=known_status or ProjectStatus.ACTIVE,
            status_reason=status_reason,
            skipped=tuple(self._reasons()),
        )

    def _reasons(self) -> Iterable[str]:
        for reason, (count, example) in self._skipped.items():
            more = f" and {count - 1} more" if count > 1 else ""
            yield f"{reason}: {example[:200]}{more}"


def parse_page(body: bytes, content_type: str, url: str, name: NormalizedName | None) -> Listing:
    """Parse one page fetched from ``url`` (after redirects, without credentials).

    ``name`` is the project it was asked for, or None for a page of links to files of many projects.
    Raises `IndexPageUnexpected` for anything but the formats of `ACCEPT`, `IndexPageInvalid` for a
    page that breaks its format.
    """
    media_type, parameters = _media_type(content_type)

    if media_type == "application/vnd.pypi.simple.v1+json":
        from zephyr_workers.simple_json import parse_json

        return parse_json(body, url, name)

    if media_type in ("application/vnd.pypi.simple.v1+html", "text/html", "application/xhtml+xml"):
        from zephyr_workers.simple_html import parse_html

        return parse_html(body, parameters.get("charset", "utf-8"), url, name)

    raise IndexPageUnexpected(
        f"{url} answered with {media_type or 'no content type'}, which is not an index page"
        f" (it begins with {body[:60]!r}).",
        hint="Check the address of the index: it usually ends in /simple/.",
    )


def belongs(filename: str, name: NormalizedName) -> bool:
    """Tell whether an archive's file name is one of project ``name``."""
    if filename.endswith(".whl"):
        return canonicalize_name(filename[: filename.find("-")]) == name

    return canonicalize_name(filename).startswith(f"{name}-")


def contradict(some: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two sets of digests cannot be of the same bytes."""
    return any(other.get(algorithm, digest) != digest for algorithm, digest in some.items())


def usable_hashes(hashes: Mapping[str, str]) -> dict[str, str] | None:
    """Return the digests of known algorithms in lower case; None when one of them is malformed."""
    sha256 = hashes.get("sha256")

    if sha256 is not None and len(hashes) == 1 and _SHA256.fullmatch(sha256):
        return {"sha256": sha256}

    usable: dict[str, str] = {}

    for algorithm, digest in hashes.items():
        length = _DIGEST_LENGTHS.get(algorithm)

        if length is None:
            continue

        if len(digest) != length or digest.strip("0123456789abcdefABCDEF"):
            return None

        usable[algorithm] = digest.lower()

    return usable


def absolute_url(base: str, link: str) -> str | None:
    """Resolve ``link`` against ``base``: http(s), or file from a file page, no user info; None otherwise."""
    plain = _PLAIN_LINK.fullmatch(link)

    if plain is None:
        return _usable(base, link if link.startswith("https://") else urljoin(base, link))

    folder = plain["origin"] or _folder(base, plain["up"])
    url = folder + plain["rest"] if folder is not None else None

    return None if url is None or len(url) > MAX_URL_LENGTH or "%00" in url else url


@lru_cache(maxsize=64)
def _folder(base: str, up: str) -> str | None:
    return _usable(base, urljoin(base, up or "./"))


def _usable(base: str, url: str) -> str | None:
    """Return ``url`` without user info if a file may be fetched from there for a page at ``base``."""
    scheme, separator, rest = url.partition("://")
    allowed = scheme in ("https", "http") or (scheme == "file" and base.startswith("file:"))

    if not (separator and allowed) or len(url) > MAX_URL_LENGTH or not url.isprintable() or "%00" in url:
        return None

    authority, slash, path = rest.partition("/")

    if "@" in authority:
        url = f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"

    return url if slash else None


def check_api_version(version: str, url: str) -> str | None:
    """Refuse a major version other than 1 (PEP 629); return a note on a newer minor one."""
    major, _, minor = version.partition(".")

    if not (major.isdecimal() and minor.isdecimal()) or int(major) != 1:
        raise IndexPageInvalid(
            f"The page {url} is of version {version[:20]!r} of the Simple API; Zephyr knows version 1.",
            hint="A newer Zephyr may know it.",
        )

    return f"1.{minor}" if int(minor) > KNOWN_MINOR else None


def _status(text: str | None) -> ProjectStatus | None:
    try:
        return ProjectStatus(text)
    except ValueError:
        return None


def _media_type(content_type: str) -> tuple[str, dict[str, str]]:
    media_type, *rest = content_type.split(";")
    pairs = (parameter.partition("=") for parameter in rest)

    return media_type.strip().lower(), {key.strip().lower(): value.strip(" \"'") for key, _, value in pairs}
