r"""What a published tree holds, and the file that says so.

A manifest is one line of ASCII, then JSON::

    zephyr-tree 2 <SHA-256 of the JSON, hexadecimal>\n
    {"digest": …, "variant": …, "boot": …, "durable": …, "attributes": {…},
     "sections": {"purelib": {          the files of each section, sorted by path:
         "path": […], "sha256": "…",    one column per property, one place per file
         "size": […], "mtime": […],     (digests joined, 64 characters each); bytes; nanoseconds
         "executable": [2, …]}}}        the places of the executable ones

Columns are what makes a tree quick to load, to check and to link: no object is made for a file unless
somebody asks for it. As the paths are sorted, all that lies in one folder is one slice of them.
"""

from __future__ import annotations

from zephyr.dataclass import dataclass, field
from zephyr_cache.digest import sha256

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_MAGIC = b"zephyr-tree 2 "
_HEADER = len(_MAGIC) + 64 + 1
_HEXADECIMAL = frozenset("0123456789abcdef")
_NOWHERE = frozenset({"", ".", ".."})
"""What no part of a path may be."""


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file of a tree, at ``<tree.path>/<section>/<path>`` (``/`` between folders everywhere).

    ``sha256`` is in hexadecimal, ``size`` in bytes, ``mtime_ns`` in nanoseconds. Its mode is 0755
    where ``executable``, else 0644.
    """

    section: str
    path: str
    sha256: str
    size: int
    mtime_ns: int
    executable: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The files of one section, sorted by path: one column per property, one place per file."""

    paths: list[str]
    sha256: str
    """The digests, joined: 64 characters each."""
    sizes: list[int]
    mtimes_ns: list[int]
    executable: list[int]
    """The places of the executable files, ascending."""

    @classmethod
    def of(cls, files: Iterable[TreeFile]) -> Section:
        """Give the columns of files of one section."""
        ordered = sorted(files, key=lambda file: file.path)

        return cls(
            [file.path for file in ordered],
            "".join([file.sha256 for file in ordered]),
            [file.size for file in ordered],
            [file.mtime_ns for file in ordered],
            [place for place, file in enumerate(ordered) if file.executable],
        )

    def digests(self) -> list[str]:
        """Give the digest of each file."""
        return [self.sha256[start : start + 64] for start in range(0, len(self.sha256), 64)]

    def modes(self) -> list[int]:
        """Give the mode that each file has, whatever the umask."""
        modes = [0o644] * len(self.paths)

        for place in self.executable:
            modes[place] = 0o755

        return modes

    def files(self, name: str) -> list[TreeFile]:
        """Give every file, where the section is called ``name``."""
        executable = [mode == 0o755 for mode in self.modes()]
        names = [name] * len(self.paths)

        return list(map(TreeFile, names, self.paths, self.digests(), self.sizes, self.mtimes_ns, executable))


@dataclass(frozen=True, slots=True)
class Tree:
    """A published tree: immutable, kept by digest and variant.

    ``attributes`` are JSON values that the producer stored beside it. ``boot`` is the boot of the
    machine it was written in; ``durable`` says that its content is known to be on the disk.
    """

    digest: str
    variant: str
    path: str
    sections: Mapping[str, Section]
    """By name, in the order of the names."""
    attributes: Mapping[str, Any]
    boot: str = field(default="", compare=False)
    durable: bool = field(default=False, compare=False)

    @property
    def files(self) -> tuple[TreeFile, ...]:
        """Every file, sorted by section and path; made anew each time."""
        return tuple(file for name, section in self.sections.items() for file in section.files(name))


def sections_of(files: Iterable[TreeFile]) -> dict[str, Section]:
    """Give the columns of files that are in any order."""
    parted: dict[str, list[TreeFile]] = {}

    for file in files:
        parted.setdefault(file.section, []).append(file)

    return {name: Section.of(parted[name]) for name in sorted(parted)}


def encode(tree: Tree) -> bytes:
    """Give the content of the manifest of ``tree``. Raises `TypeError` when an attribute is not JSON."""
    import json

    document = {
        "digest": tree.digest,
        "variant": tree.variant,
        "boot": tree.boot,
        "durable": tree.durable,
        "attributes": dict(tree.attributes),
        "sections": {
            name: {
                "path": section.paths,
                "sha256": section.sha256,
                "size": section.sizes,
                "mtime": section.mtimes_ns,
                "executable": section.executable,
            }
            for name, section in tree.sections.items()
        },
    }
    body = json.dumps(document, separators=(",", ":")).encode("ascii")
    return _MAGIC + sha256(body).hex().encode() + b"\n" + body


def decode(content: bytes, digest: str, variant: str, path: str) -> Tree | None:
    """Read a manifest; None unless it is whole and the manifest of ``digest`` and ``variant``."""
    if not content.startswith(_MAGIC) or len(content) < _HEADER:
        return None

    body = content[_HEADER:]
    if sha256(body).hex().encode() + b"\n" != content[len(_MAGIC) : _HEADER]:
        return None

    import json

    # The checksum was right, so this is what `encode` wrote.
    document: dict[str, Any] = json.loads(body.decode("ascii"))
    if document["digest"] != digest or document["variant"] != variant:
        return None

    sections = {
        name: Section(
            columns["path"], columns["sha256"], columns["size"], columns["mtime"], columns["executable"]
        )
        for name, columns in document["sections"].items()
    }
    return Tree(
        digest, variant, path, sections, document["attributes"], document["boot"], document["durable"]
    )


def checked_location(file: TreeFile) -> str:
    """Give ``<section>/<path>``; a `ValueError` says that the file would not lie inside its section."""
    parts = [file.section, *file.path.split("/")]
    whole = f"{file.section}/{file.path}"
    if "/" in file.section or "\0" in whole or not _NOWHERE.isdisjoint(parts):
        raise ValueError(f"{whole!r} is not a place inside a tree")

    if len(file.sha256) != 64 or not _HEXADECIMAL.issuperset(file.sha256):
        raise ValueError(f"{file.sha256!r} is not a SHA-256 digest (of {whole!r})")

    return whole
