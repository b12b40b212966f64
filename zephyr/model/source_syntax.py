"""Reads what people write for a folder, an archive or a repository: paths, URLs, ``name @ URL``.

Pure but for one thing: a relative path is made absolute. Nothing is looked up on the disk, so what
ends like an archive is one and every other path is a folder. No message shows an address that may
hold credentials.
"""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zephyr.dataclass import dataclass, replace
from zephyr.model.names import valid_name
from zephyr.model.source_address import check_characters, plain_address, redacted, split_address, split_any
from zephyr.model.source_fragment import Fragment, parse_extras, parse_fragment
from zephyr.model.source_git import git_reference
from zephyr.model.source_reference import SourceInvalid, SourceKind, SourceNotSupported, SourceReference
from zephyr.model.source_words import ARCHIVES, NAMED, OTHER_ARCHIVES, SHORTHAND

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

_OTHER_VERSION_CONTROL = frozenset({"hg", "svn", "bzr"})
_ARCHIVED_KINDS = frozenset({SourceKind.LOCAL_ARCHIVE, SourceKind.REMOTE_ARCHIVE})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_EXTRAS = re.compile(r"(.*[^\[\]])\[([A-Za-z0-9._,\s-]*)\]", re.DOTALL)
_MARKER = re.compile(r"(.*?)(?:\s;|;\s)(.*)", re.DOTALL)
_FRAGMENT_OF_PATH = re.compile(r"#(?=[A-Za-z0-9_-]+=)")


@dataclass(frozen=True, slots=True)
class _Written:
    """A requirement taken apart, before its address is understood."""

    address: str
    fragment: str
    name: NormalizedName | None
    extras: tuple[NormalizedName, ...]
    marker: str | None


def parse_place(text: str, origin: str, *, folder: str = ".", editable: bool = False) -> SourceReference:
    """Read one requirement that names a place.

    ``origin`` says where it stands (for messages), ``folder`` is what a relative path is relative to,
    ``editable`` is the ``-e`` flag. Raises `SourceInvalid` and `SourceNotSupported`.
    """
    check_characters(text, origin)
    written = _take_apart(text.strip(), origin)
    fragment = parse_fragment(written.fragment, origin)
    reference = _at(written.address, origin, folder)

    if written.name and fragment.name and written.name != fragment.name:
        raise SourceInvalid(f"One address is called both {written.name} and {fragment.name} ({origin})")

    _check_fit(reference, fragment, origin, editable=editable)
    whole = reference.kind in _ARCHIVED_KINDS and reference.filename.endswith(".whl")
    warning = (f"A wheel has no subdirectories to choose from ({origin})",)

    return replace(
        reference,
        name=written.name or fragment.name,
        extras=tuple(sorted({*written.extras, *fragment.extras})),
        marker=written.marker,
        subdirectory="" if whole else fragment.subdirectory,
        hashes=fragment.hashes,
        editable=editable,
        warnings=fragment.warnings + (warning if whole and fragment.subdirectory else ()),
    )


def _take_apart(text: str, origin: str) -> _Written:
    named = None if SHORTHAND.fullmatch(text) else NAMED.fullmatch(text)
    rest = named[3] if named else text
    with_marker = _MARKER.fullmatch(rest)
    address, fragment = _split_fragment(with_marker[1].strip() if with_marker else rest)
    with_extras = _EXTRAS.fullmatch(address)
    address = with_extras[1] if with_extras else address
    extras = (named and named[2], with_extras and with_extras[2])
    marker = with_marker[2].strip() if with_marker else ""

    try:
        return _Written(
            address.strip(),
            fragment,
            valid_name(named[1]) if named else None,
            parse_extras(",".join(filter(None, extras))),
            _normal_marker(marker) if marker else None,
        )
    except ValueError as error:
        raise SourceInvalid(
            f"Cannot understand the name, the extras or the marker around {redacted(address)!a} ({origin})",
            hint="Write it as in: name[extra] @ https://files.example/name.whl ; python_version < '3.13'",
        ) from error


def _normal_marker(text: str) -> str:
    from packaging.markers import Marker

    return str(Marker(text))


def _split_fragment(text: str) -> tuple[str, str]:
    if _SCHEME.match(text):
        address, _, fragment = text.partition("#")

        return address, fragment

    address, *fragments = _FRAGMENT_OF_PATH.split(text, maxsplit=1)

    return address, "".join(fragments)


def _at(address: str, origin: str, folder: str) -> SourceReference:
    shorthand = SHORTHAND.fullmatch(address)

    if shorthand:
        raise SourceInvalid(
            f"{shorthand[1]}:{shorthand[2]} is git's shorthand and not an address ({origin})",
            hint=f"Write it as git+ssh://{shorthand[1]}/{shorthand[2].lstrip('/')}",
        )

    found = _SCHEME.match(address)

    if found is None:
        return _local(_url_of(os.path.join(folder, address)), origin)

    scheme = found[1].lower()

    if scheme == "file":
        return _local(_file_url(address, origin, folder), origin)

    if scheme.startswith("git+"):
        return git_reference(address[4:], origin)

    return _remote(scheme, address, origin)


def _url_of(path: str) -> str:
    from pathlib import Path

    return Path(os.path.abspath(path)).as_uri()


def _local(url: str, origin: str) -> SourceReference:
    path = urlsplit(url).path
    _refuse_other_archive(path, origin)
    kind = SourceKind.LOCAL_ARCHIVE if path.endswith(ARCHIVES) else SourceKind.LOCAL_FOLDER

    return SourceReference(kind, url, given=url)


def _file_url(address: str, origin: str, folder: str) -> str:
    parts = split_any(address, origin)

    if parts.netloc not in {"", "localhost"}:
        raise SourceInvalid(
            f"{redacted(address)!a} is a file on another machine ({origin})",
            hint="Write file:///path/to/it, with three slashes, or a plain path.",
        )

    base = urlsplit(_url_of(folder)).path

    return "file:///" + posixpath.normpath(posixpath.join(base, parts.path)).lstrip("/")


def _remote(scheme: str, address: str, origin: str) -> SourceReference:
    tool = scheme.partition("+")[0]

    if tool in _OTHER_VERSION_CONTROL:
        raise SourceNotSupported(
            f"Zephyr does not fetch from {tool} repositories: {redacted(address)} ({origin})",
            hint="Fetch it yourself and give the path of the folder, or use git or an archive.",
        )

    if scheme in {"ssh", "git"} or (
        scheme in {"http", "https"} and split_any(address, origin).path.endswith(".git")
    ):
        raise SourceInvalid(
            f"{redacted(address)} is a repository's address without its kind ({origin})",
            hint=f"Put git+ before it: git+{redacted(address)}",
        )

    if scheme not in {"http", "https"}:
        raise SourceNotSupported(
            f"Zephyr does not fetch from {scheme}: addresses ({origin})",
            hint="Use https:, file:, git+https:, git+ssh: or a path.",
        )

    parts = split_address(address, origin)
    _refuse_other_archive(parts.path, origin)

    if not parts.path.endswith(ARCHIVES):
        raise SourceNotSupported(
            f"{redacted(address)} does not end like a wheel or a source archive ({origin})",
            hint="Give an address that ends in .whl, .tar.gz or .zip; a repository's begins with git+https:.",
        )

    return SourceReference(SourceKind.REMOTE_ARCHIVE, plain_address(parts), given=address)


def _refuse_other_archive(path: str, origin: str) -> None:
    if path.endswith(OTHER_ARCHIVES):
        raise SourceNotSupported(
            f"{path.rpartition('/')[2]!a} is a kind of archive that Zephyr does not open ({origin})",
            hint="Ask its authors for a wheel (.whl) or a source archive (.tar.gz, .zip), or pack it again.",
        )


def _check_fit(reference: SourceReference, fragment: Fragment, origin: str, *, editable: bool) -> None:
    archived = reference.kind in _ARCHIVED_KINDS

    if editable and archived:
        raise SourceInvalid(
            f"{reference.shown} is an archive, which cannot be edited in place ({origin})",
            hint="Give a folder or a repository to -e, or leave -e out.",
        )

    if fragment.hashes and not archived:
        kind = "repository" if reference.kind is SourceKind.GIT else "folder"
        raise SourceInvalid(
            f"A hash says nothing about a {kind}: {reference.shown} ({origin})",
            hint="Name a commit instead of a hash for a repository; leave it out for a folder.",
        )
