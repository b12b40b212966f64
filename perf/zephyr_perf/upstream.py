"""Fetches what a tree lacks from the configured index, once: pages, files, and wheels' metadata."""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from zephyr_perf.pages import page_of
from zephyr_perf.site import Origin, origins, put, write_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from zephyr.model.artifact import Listing


NOT_FOUND = 404


class Upstream:
    """The configured index, and the trees that are filled from it."""

    def __init__(self, index_url: str, root: str) -> None:
        """``index_url`` is a Simple API's address; ``root`` holds the trees."""
        self._index_url = index_url
        self._root = root
        self._client = _client()
        self._locks: dict[str, threading.Lock] = {}
        self._locks_lock = threading.Lock()

    def fill(self, path: str) -> bool:
        """Fetch what ``path``, relative to the root, stands for; False where the index has no such thing.

        Raises httpx.HTTPError where the index does not answer, ValueError for a file that is not the one
        listed.
        """
        with self._lock(path):
            if os.path.exists(os.path.join(self._root, path)):
                return True

            match path.split("/"):
                case [tree, "simple", project, _]:
                    return self._fill_page(tree, project)
                case [tree, "files", *_, name]:
                    return self._fill_file(tree, path.partition("/")[2], name)
                case _:
                    return False

    def _lock(self, path: str) -> threading.Lock:
        with self._locks_lock:
            return self._locks.setdefault(path, threading.Lock())

    def _listing(self, project: str) -> Listing | None:
        from zephyr_workers.simple_index import ACCEPT, parse_page

        response = self._client.get(f"{self._index_url.rstrip('/')}/{project}/", headers={"Accept": ACCEPT})

        if response.status_code == NOT_FOUND:
            return None

        response.raise_for_status()

        return parse_page(
            response.content, response.headers["content-type"], str(response.url), canonicalize_name(project)
        )

    def _fill_page(self, tree: str, project: str) -> bool:
        listing = self._listing(project)

        if listing is None:
            return False

        urls = {one.filename: one.url for one in listing.artifacts}
        write_page(os.path.join(self._root, tree), page_of(listing), urls)

        return True

    def _fill_file(self, tree: str, path: str, name: str) -> bool:
        is_metadata = name.endswith(".metadata")
        filename = name.removesuffix(".metadata")
        origin = self._origin(tree, filename)

        if origin is None or origin.url is None:
            return False

        response = self._client.get(f"{origin.url}.metadata") if is_metadata else None

        if response is not None and response.is_success:
            put(os.path.join(self._root, tree, path), response.content)
            return True

        archive = os.path.join(self._root, tree, path.removesuffix(".metadata"))

        if not os.path.exists(archive):
            put(archive, self._download(origin))

        if is_metadata:
            put(os.path.join(self._root, tree, path), metadata_of(archive))

        return True

    def _origin(self, tree: str, filename: str) -> Origin | None:
        """Return where a file comes from, asking for its project's page if a recording did not say."""
        project = canonicalize_name(filename.partition("-")[0])
        known = origins(os.path.join(self._root, tree), project).get(filename)

        if known is None or known.url is not None:
            return known

        listing = self._listing(project)
        urls = {one.filename: one.url for one in listing.artifacts} if listing is not None else {}

        return Origin(urls.get(filename), known.path, known.sha256)

    def _download(self, origin: Origin) -> bytes:
        assert origin.url is not None
        response = self._client.get(origin.url)
        response.raise_for_status()

        if origin.sha256 is not None and hashlib.sha256(response.content).hexdigest() != origin.sha256:
            raise ValueError(f"{origin.url} has not the digest that its page lists")

        return response.content


def seed(tree: str, folder: str) -> int:
    """Put the files of ``folder`` that the pages of ``tree`` list, by name and digest, there; count them."""
    seeded = 0

    for filename in sorted(os.listdir(folder)):
        listed: Mapping[str, Origin] = origins(tree, canonicalize_name(filename.partition("-")[0]))
        origin = listed.get(filename)

        if origin is None or os.path.exists(os.path.join(tree, origin.path)):
            continue

        with open(os.path.join(folder, filename), "rb") as file:
            data = file.read()

        # Of some files a recording has no true digest: nobody could install them.
        if origin.sha256 is not None and hashlib.sha256(data).hexdigest() != origin.sha256:
            continue

        put(os.path.join(tree, origin.path), data)
        seeded += 1

    return seeded


def metadata_of(wheel: str) -> bytes:
    """Return the METADATA of a wheel; raises KeyError where it has none."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.count("/") == 1 and name.endswith(".dist-info/METADATA"):
                return archive.read(name)

    raise KeyError(f"{wheel} has no METADATA")


def _client() -> httpx.Client:
    import ssl

    import httpx
    import truststore

    return httpx.Client(
        verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        follow_redirects=True,
        timeout=120,
        trust_env=True,
    )
