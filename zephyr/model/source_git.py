"""Addresses of git repositories: ``scheme://host/path@revision`` (what follows ``git+``).

The revision is what stands after the last ``@`` of the path, or after ``.git@``; an ``@`` that belongs
to the path is written ``%40``.
"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

from zephyr.model.source_address import plain_address, redacted, split_address, split_any
from zephyr.model.source_reference import SourceInvalid, SourceKind, SourceNotSupported, SourceReference

_WITH_HOST = frozenset({"https", "http", "ssh", "git"})
_UNUSABLE_REVISION = re.compile(r"^[-/.@]|[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|[/.]$")
"""What git-check-ref-format(1) forbids, and what git would take for an option or an expression."""
_LONGEST_REVISION = 255


def git_reference(address: str, origin: str) -> SourceReference:
    """Read a repository's address; raise `SourceInvalid` or `SourceNotSupported`."""
    scheme = address.partition(":")[0].lower()

    if scheme == "file":
        return _local(address, origin)

    if scheme not in _WITH_HOST:
        raise SourceNotSupported(
            f"{redacted('git+' + address)} names no way to reach a repository ({origin})",
            hint="Write git+https://, git+ssh:// or git+file:/// and the rest of the address.",
        )

    parts = split_address(address, origin)
    path, revision = _split_revision(parts.path, origin)
    url = plain_address(parts._replace(path=path))

    if path.strip("/") == "" or "/-" in path[:2]:
        raise SourceInvalid(f"{redacted(url)} names no repository ({origin})")

    # The well-known user of ssh addresses is part of the address and no secret (PEP 610).
    if scheme == "ssh" and parts.username == "git" and parts.password is None:
        url = url.replace("://", "://git@", 1)

    login, at, _ = parts.netloc.rpartition("@")
    given = f"{plain_address(parts._replace(path=path))}".replace("://", f"://{login}{at}", 1)

    return SourceReference(SourceKind.GIT, url, requested_revision=revision, given=given)


def check_revision(revision: str, origin: str) -> str:
    """Return a name that git can only take for a branch, a tag or a commit, else raise `SourceInvalid`."""
    if not revision or len(revision) > _LONGEST_REVISION or _UNUSABLE_REVISION.search(revision):
        raise SourceInvalid(
            f"{revision[:80]!a} is not the name of a branch, a tag or a commit ({origin})",
            hint="Write the revision after the address, as in git+https://host/project.git@v1.2",
        )

    return revision


def _local(address: str, origin: str) -> SourceReference:
    parts = split_any(address, origin)

    if parts.netloc not in {"", "localhost"} or not parts.path.startswith("/"):
        raise SourceInvalid(
            f"{redacted('git+' + address)!a} is not the path of a repository ({origin})",
            hint="Write git+file:///path/to/it, with three slashes.",
        )

    path, revision = _split_revision(parts.path, origin)
    url = "file:///" + posixpath.normpath(path).lstrip("/")

    return SourceReference(SourceKind.GIT, url, requested_revision=revision, given=url)


def _split_revision(path: str, origin: str) -> tuple[str, str | None]:
    repository, separator, revision = path.partition(".git@")

    if separator:
        return f"{repository}.git", check_revision(unquote(revision), origin)

    repository, separator, revision = path.rpartition("@")

    if not separator:
        return path, None

    return repository, check_revision(unquote(revision), origin)
