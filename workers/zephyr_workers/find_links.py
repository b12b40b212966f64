"""Archives outside any index (``--find-links``): folders, ``file:`` URLs, and pages of links."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from zephyr.model.artifact import Artifact
from zephyr.model.index import without_credentials
from zephyr.model.names import canonicalize_name
from zephyr_workers.network_errors import FindLinksInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName

    from zephyr_workers.pages import Pages


class FindLinks:
    """All archives of the given locations, read once when first asked for."""

    def __init__(self, locations: Sequence[str], pages: Pages) -> None:
        self._locations = locations
        self._pages = pages
        self._wheels: dict[NormalizedName, list[Artifact]] = {}
        self._sources: list[Artifact] = []
        self._loaded = not locations

    async def load(self) -> None:
        """Read all locations; raise `FindLinksInvalid` naming the one that cannot be read."""
        if self._loaded:
            return

        found = [artifact for location in self._locations for artifact in await self._read(location)]
        self._sort(found)

    def load_stored(self) -> bool:
        """Read all locations if that takes no request; return whether they are loaded. Blocking."""
        found: list[Artifact] = []

        for location in () if self._loaded else self._locations:
            stored = self._read_stored(location)

            if stored is None:
                return False

            found += stored

        self._sort(found)

        return True

    def artifacts(self, name: NormalizedName) -> tuple[Artifact, ...]:
        """Return the archives of one project; `load` first."""
        wheels = self._wheels.get(name, ())

        if not self._sources:
            return tuple(wheels)

        from zephyr_workers.simple_entries import belongs

        return (*wheels, *(artifact for artifact in self._sources if belongs(artifact.filename, name)))

    def _sort(self, artifacts: Iterable[Artifact]) -> None:
        """Take over what was read, unless another task was quicker."""
        if self._loaded:
            return

        self._loaded = True

        for artifact in artifacts:
            if artifact.is_wheel:
                project = canonicalize_name(artifact.filename.partition("-")[0])
                self._wheels.setdefault(project, []).append(artifact)
            else:
                self._sources.append(artifact)

    async def _read(self, location: str) -> Sequence[Artifact]:
        import anyio

        if not is_remote(location):
            return await anyio.to_thread.run_sync(read_local, location)

        shown = without_credentials(location)
        page = await self._pages.fetch(shown, None, f"--find-links {shown}")

        if page.listing is None:
            raise FindLinksInvalid(f"--find-links {shown} does not exist ({page.stored.status}).")

        return page.listing.artifacts

    def _read_stored(self, location: str) -> Sequence[Artifact] | None:
        if not is_remote(location):
            return read_local(location)

        page = self._pages.stored(without_credentials(location))

        return page.listing.artifacts if page is not None and page.listing is not None else None


def is_remote(location: str) -> bool:
    """Tell whether a location is a page to be fetched."""
    return location.startswith(("http://", "https://"))


def read_local(location: str) -> Sequence[Artifact]:
    """Return the archives in a folder, or linked from a local HTML page. Blocking.

    ``location`` is a path or a ``file:`` URL. Raises `FindLinksInvalid` when there is no such thing.
    """
    path = (
        local_path(location)
        if location.startswith("file:")
        else os.path.abspath(os.path.expanduser(location))
    )

    try:
        if os.path.isdir(path):
            return read_folder(path)

        with open(path, "rb") as file:
            page = file.read()
    except OSError as error:
        raise FindLinksInvalid(
            f"--find-links {location} cannot be read: {error.strerror}.",
            hint="It takes a folder, a page of links, or the URL of either.",
        ) from error

    from zephyr_workers.simple_index import parse_page

    return parse_page(page, "text/html", file_url(path), None).artifacts


def read_folder(folder: str) -> Sequence[Artifact]:
    """Return the archives that lie in ``folder`` itself, by name. Blocking."""
    from zephyr_workers.simple_entries import ARCHIVE_SUFFIXES

    with os.scandir(folder) as entries:
        files = sorted(
            (entry.name, entry.stat().st_size)
            for entry in entries
            if entry.name.endswith(ARCHIVE_SUFFIXES) and entry.is_file()
        )

    return [Artifact(name, file_url(os.path.join(folder, name)), size=size) for name, size in files]


def read_file_index(root: str, name: NormalizedName) -> tuple[bytes, str] | None:
    """Return the page of one project of a ``file:`` index and its URL, None if it has none. Blocking."""
    path = os.path.join(local_path(root), name, "index.html")

    try:
        with open(path, "rb") as file:
            return file.read(), file_url(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise FindLinksInvalid(f"The index page {path} cannot be read: {error.strerror}.") from error


def local_path(url: str) -> str:
    """Return the path that a ``file:`` URL names; raise `FindLinksInvalid` for one on another host."""
    parts = urlsplit(url)

    if parts.netloc not in ("", "localhost"):
        raise FindLinksInvalid(f"{without_credentials(url)} names a file on another host.")

    if os.name == "nt":
        from urllib.request import url2pathname

        return url2pathname(parts.path)

    return unquote(parts.path)


def file_url(path: str) -> str:
    """Return the ``file:`` URL of an absolute path."""
    if os.name == "nt":
        from pathlib import Path

        return Path(path).as_uri()

    return f"file://{quote(path)}"
