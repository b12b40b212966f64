"""Places as a lock may name them: addresses without credentials, local files relative to the lock.

A lock is read on other machines, so an absolute path means nothing in it, and a password has no
business there.
"""

from __future__ import annotations

import os
from typing import NamedTuple
from urllib.parse import urlsplit

from zephyr.lock.errors import PathUnportable
from zephyr.model.index import without_credentials

_GIT_USER = "ssh://git@"


class Place(NamedTuple):
    """Where a file or a source tree is: one of the two is set, as the standard has it."""

    url: str | None = None
    path: str | None = None
    """Relative to the folder of the lock, with ``/``."""

    def __str__(self) -> str:
        return self.url or self.path or ""


def place_of(address: str, folder: str) -> Place:
    """Return the place of a URL or path for a lock in ``folder``; raise `PathUnportable`."""
    if os.path.isabs(address):
        return Place(path=relative_path(address, folder))

    if address.startswith("file:"):
        from urllib.request import url2pathname

        return Place(path=relative_path(url2pathname(urlsplit(address).path), folder))

    return Place(url=public_address(address))


def portable_address(address: str, folder: str) -> str:
    """Return a URL without credentials, or a local place as a relative path; raise `PathUnportable`."""
    return str(place_of(address, folder))


def public_address(url: str) -> str:
    """Return ``url`` without credentials.

    The user name ``git`` of an ssh address stays: it is part of the address and no secret (PEP 610).
    """
    bare = without_credentials(url)
    scheme, _, rest = url.partition("://")

    if f"{scheme.rpartition('+')[2]}://{rest}".startswith(_GIT_USER):
        return bare.replace("://", "://git@", 1)

    return bare


def relative_path(path: str, folder: str) -> str:
    """Return an absolute path relative to ``folder``, with ``/``.

    Raises `PathUnportable` where there is no way from one to the other, and for names that are not text.
    """
    try:
        relative = os.path.relpath(path, folder).replace(os.sep, "/")
        relative.encode()
    except ValueError:
        raise PathUnportable(
            f"{path!a} cannot be written into a lock in {folder!a}",
            hint="Keep local sources on the drive of the lock, under names that are valid UTF-8.",
        ) from None

    return relative
