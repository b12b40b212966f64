"""METADATA that was read before: what a resolve needs of each document, by project, lowered once.

The documents of one project lie in one pack (`zephyr.model.packs`), found by the SHA-256 of the file that
they describe, with the requirement lines that they share and what those mean; and with them the versions of
the project that the specifiers of others admit, and what was concluded of the files of its listing. So a
resolve that has seen a project before opens one file for it, reads no document, parses no line, compares no
versions and judges no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zephyr.metadata.document import Document
from zephyr.metadata.requirements import PARSED, remember_rows, row_of
from zephyr.model.packs import pack, unpack
from zephyr_cache.digest import sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName

    from zephyr.metadata.packs import PackStore


_MOST_VERDICTS = 16
"""So many are kept of a listing; more are those of environments that were, and are let go of."""


class KnownDocuments:
    """Remembers documents while it lives, and with a store from one run to the next."""

    def __init__(self, store: PackStore | None = None) -> None:
        self._store = store
        self._projects: dict[NormalizedName, ProjectDocuments] = {}

    def find(self, name: NormalizedName, version: str, digest: bytes) -> Document | None:
        """Return the document of the file with that digest, None where it was not read before.

        It is believed to be of ``version`` alone, the one that it was found to be of.
        """
        return self._project(name).find(version, digest)

    def add(self, name: NormalizedName, version: str, digest: bytes, document: Document) -> None:
        """Remember a document that was found to be of this project and version."""
        self._project(name).add(version, digest, document)

    def forget(self, name: NormalizedName, digest: bytes) -> None:
        """Forget the document of a file."""
        self._project(name).forget(digest)

    def specifiers(self, name: NormalizedName, versions: Sequence[str]) -> dict[str, int]:
        """Return the version sets of specifier sets over ``versions``, to be looked up and added to."""
        return self._project(name).specifiers(versions)

    def verdicts(self, name: NormalizedName, listing: str) -> dict[Any, tuple[Any, ...]]:
        """Return what was concluded of the files of a listing, to be looked up and added to.

        ``listing`` is what tells it from others of the project; see `zephyr.metadata.verdicts`.
        """
        return self._project(name).verdicts(listing)

    def save(self) -> None:
        """Write the packs of the projects of which something new is known. Blocking."""
        if self._store is None:
            return

        for name, project in self._projects.items():
            if project.has_changed():
                self._store.write(name, project.packed())

    def _project(self, name: NormalizedName) -> ProjectDocuments:
        project = self._projects.get(name)

        if project is None:
            data = self._store.read(name) if self._store is not None else None
            project = self._projects[name] = ProjectDocuments(data)

        return project


class ProjectDocuments:
    """The documents of one project. Those that say the same are one."""

    def __init__(self, data: bytes | None = None) -> None:
        unpacked: Any = unpack(data) if data is not None else None
        known: Any = unpacked if unpacked is not None else ((), {}, (), {}, b"", {}, "", {})
        lines, rows, bodies, files, universe, specifiers, listing, verdicts = known
        self._lines: tuple[str, ...] = lines
        self._rows: dict[str, tuple[Any, ...]] = rows
        """What some of the lines mean, see `zephyr.metadata.requirements.row_of`."""
        self._bodies: Sequence[Any] = bodies
        self._files: dict[bytes, tuple[str, int]] = files
        self._documents: dict[int, Document] = {}
        self._added: dict[bytes, tuple[str, Document]] = {}
        self._universe: bytes = universe
        self._specifiers: dict[str, int] = specifiers
        self._listing: str = listing
        self._verdicts: dict[Any, tuple[Any, ...]] = verdicts
        self._read = len(specifiers), len(verdicts)
        """The numbers of specifier sets and of verdicts that were known from the beginning."""
        self._forgets = False
        remember_rows(rows)

    def find(self, version: str, digest: bytes) -> Document | None:
        """Return the document of a file; see `KnownDocuments.find`."""
        if digest in self._added:
            of, document = self._added[digest]

            return document if of == version else None

        of, body = self._files.get(digest, ("", -1))

        return self._document(body) if body >= 0 and of == version else None

    def add(self, version: str, digest: bytes, document: Document) -> None:
        """Remember a document."""
        self._added[digest] = version, document

    def forget(self, digest: bytes) -> None:
        """Forget the document of a file."""
        self._added.pop(digest, None)
        self._forgets |= self._files.pop(digest, None) is not None

    def specifiers(self, versions: Sequence[str]) -> dict[str, int]:
        """Return the version sets of specifier sets; what is known of other versions is forgotten."""
        universe = sha256("\n".join(versions).encode())

        if universe != self._universe:
            self._universe, self._specifiers = universe, {}
            self._read = 0, self._read[1]

        return self._specifiers

    def verdicts(self, listing: str) -> dict[Any, tuple[Any, ...]]:
        """Return the verdicts on a listing; those on another one, and those of old, are forgotten."""
        if listing != self._listing or len(self._verdicts) > _MOST_VERDICTS:
            self._listing, self._verdicts = listing, {}
            self._read = self._read[0], 0

        return self._verdicts

    def has_changed(self) -> bool:
        """Tell whether other things are known than were read: documents, what lines mean, and so on."""
        return (
            bool(self._added)
            or self._forgets
            or (len(self._specifiers), len(self._verdicts)) != self._read
            or (bool(PARSED) and any(line not in self._rows for line in PARSED.intersection(self._lines)))
        )

    def packed(self) -> bytes:
        """Return everything as one pack."""
        lines: dict[str, int] = {}
        bodies: dict[Any, int] = {}
        files: dict[bytes, tuple[str, int]] = {}
        known = {digest: (version, self._document(body)) for digest, (version, body) in self._files.items()}

        for digest, (version, document) in (known | self._added).items():
            body = _body(document, lines)
            files[digest] = version, bodies.setdefault(body, len(bodies))

        rows = {line: row for line in lines if (row := row_of(line)) is not None}
        specified = self._universe, self._specifiers

        return pack((tuple(lines), rows, tuple(bodies), files, *specified, self._listing, self._verdicts))

    def _document(self, number: int) -> Document:
        document = self._documents.get(number)

        if document is None:
            requires_python, extras, lines, extra_lines = self._bodies[number]
            document = self._documents[number] = Document(
                requires_python,
                frozenset(extras),
                self._texts(lines),
                {extra: self._texts(numbers) for extra, numbers in extra_lines},
            )

        return document

    def _texts(self, numbers: Iterable[int]) -> tuple[str, ...]:
        return tuple([self._lines[number] for number in numbers])


def _body(document: Document, lines: dict[str, int]) -> tuple[object, ...]:
    """Return a document in plain values, its lines by their numbers in ``lines``."""

    def numbers(texts: Iterable[str]) -> tuple[int, ...]:
        return tuple(lines.setdefault(text, len(lines)) for text in texts)

    return (
        document.requires_python,
        tuple(sorted(document.extras)),
        numbers(document.lines),
        tuple((extra, numbers(texts)) for extra, texts in document.extra_lines.items()),
    )
