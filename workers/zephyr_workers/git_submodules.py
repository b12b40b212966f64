"""Submodules, purely: what ``.gitmodules`` says about the commits of others in a tree.

Read instead of run (gitmodules(5)): nothing that the file says is ever executed, and a submodule is fetched
under the same rules as the repository that has it.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zephyr.dataclass import dataclass
from zephyr.errors import ZephyrError
from zephyr.model.source_address import check_characters, split_address
from zephyr_workers.git_errors import GitError
from zephyr_workers.wheel_errors import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHORTHAND = re.compile(r"(?:([A-Za-z0-9_.-]+)@)?([A-Za-z0-9_.-]+):(?!//|:)(.+)")
_WITH_HOST = frozenset({"https", "http", "ssh", "git"})
_GITLINK = re.compile(rb"160000 commit ([0-9a-f]{40}|[0-9a-f]{64})\t(.+)", re.DOTALL)


class SubmoduleRefused(GitError):
    """Raised for a submodule whose address Zephyr does not follow, or that lies outside its repository."""

    id = "git-submodule-refused"


@dataclass(frozen=True, slots=True)
class Submodule:
    """One submodule of one commit."""

    path: str
    url: str
    """As written: perhaps relative to the repository that has it."""
    commit: str


def parse_submodules(configuration: bytes, tree: bytes) -> tuple[Submodule, ...]:
    """Join ``git config --null --list`` of .gitmodules with ``git ls-tree -r -z`` of the commit.

    The tree has the last word: what it does not have is no submodule. Those with ``update = none`` and those
    without an address are left out, as git does.
    """
    sections: dict[str, dict[str, str]] = {}

    for entry in configuration.decode(errors="surrogateescape").split("\0"):
        key, _, value = entry.partition("\n")
        name, _, variable = key.removeprefix("submodule.").rpartition(".")
        sections.setdefault(name, {})[variable] = value

    by_path = {section["path"].rstrip("/"): section for section in sections.values() if "path" in section}
    found: list[Submodule] = []

    for line in tree.split(b"\0"):
        link = _GITLINK.fullmatch(line)
        path = link[2].decode(errors="surrogateescape") if link else ""
        section: Mapping[str, str] = by_path.get(path, {})

        if link and section.get("url") and section.get("update") != "none":
            found.append(Submodule(path, section["url"], link[1].decode()))

    return tuple(found)


def submodule_address(submodule: Submodule, given: str) -> str:
    """Return where a submodule is fetched from, with credentials where its repository's own apply.

    ``given`` is the address of the repository that has it, with credentials: they go to the same scheme, host
    and port only. Folders of this machine are followed from repositories of this machine only.
    Raises `SubmoduleRefused`.
    """
    url = submodule.url
    parent = urlsplit(given)

    if url.startswith(("./", "../")):
        path = posixpath.normpath(posixpath.join(parent.path.rstrip("/"), url))
        return parent._replace(path="/" + path.lstrip("/")).geturl()

    shorthand = None if "://" in url else _SHORTHAND.fullmatch(url)

    if shorthand:
        user, host, path = shorthand.groups()
        url = f"ssh://{f'{user}@' if user else ''}{host}/{path.lstrip('/')}"

    return _checked(submodule, f"file://{url}" if url.startswith("/") else url, given)


def _checked(submodule: Submodule, url: str, given: str) -> str:
    scheme = url.partition("://")[0]
    parent = urlsplit(given)

    if scheme == "file" and parent.scheme == "file":
        return url

    if scheme not in _WITH_HOST:
        raise _refused(submodule, "Zephyr follows https, http, ssh and git addresses")

    try:
        check_characters(url, ".gitmodules")
        parts = split_address(url, ".gitmodules")
    except ZephyrError as error:
        raise _refused(submodule, "its address is malformed") from error

    same_host = (scheme, parts.netloc) == (parent.scheme, parent.netloc.rpartition("@")[2])

    return parts._replace(netloc=parent.netloc).geturl() if same_host else url


def _refused(submodule: Submodule, reason: str) -> SubmoduleRefused:
    kind = submodule.url.partition(":")[0][:20]

    return SubmoduleRefused(
        f"The submodule {visible(submodule.path)} is fetched from a {visible(kind)}: address: {reason}.",
        hint="Fetch the repository by hand and give the path of its folder.",
    )
