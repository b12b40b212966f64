"""What one distribution puts into an environment: every file, where it goes and where it comes from.

Most files are linked as the cache has them, a whole section at a time; no object is made for such a file
unless somebody asks for it (`Contents.files`). Pure: no file is looked at, except the few scripts whose
first line is rewritten.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from zephyr.install.files import Content, Linked, overlap
from zephyr.install.record import hashed_rows, record, recorded_path, unhashed_rows
from zephyr.install.scripts import entry_point_script, rewritten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from zephyr.install.destination import Destination
    from zephyr_cache import Tree, TreeFile
    from zephyr_workers.wheel import UnpackedWheel


class Incoming(NamedTuple):
    """One unpacked wheel that is to be installed."""

    wheel: UnpackedWheel
    requested: bool = False
    """Asked for by the user: REQUESTED is written."""
    direct_url: Mapping[str, Any] | None = None
    """The document of PEP 610, without credentials, where it came by a direct reference."""
    bytecode: Tree | None = None
    """Compiled modules of the same wheel, in the sections of their sources."""
    dependencies: tuple[NormalizedName, ...] = ()
    """What it needs of the other incoming ones: they come first where paths collide."""
    source: str | None = None
    """Digest of the folder that the wheel was built from, None for any other wheel."""

    @property
    def name(self) -> NormalizedName:
        """The project's normalized name."""
        return self.wheel.name


class Contents(NamedTuple):
    """Everything that one distribution puts into an environment."""

    incoming: Incoming
    linked: tuple[Linked, ...]
    single: tuple[Content, ...]
    """The files beside those: each with a source, or data, of its own."""
    dist_info: str
    """Absolute path of the ``.dist-info`` folder."""

    @property
    def name(self) -> NormalizedName:
        """The project's normalized name."""
        return self.incoming.wheel.name

    @property
    def files(self) -> tuple[Content, ...]:
        """Every file; made anew each time."""
        return (*(content for linked in self.linked for content in linked.files()), *self.single)

    def sections(self) -> list[str]:
        """Return the sections of the staging folder that they are in."""
        return sorted({*(one.section for one in self.linked), *(one.section for one in self.single)})

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(sum(linked.columns.sizes) for linked in self.linked) + sum(
            content.size for content in self.single
        )


def contents_of(incoming: Incoming, destination: Destination) -> Contents:
    """List the files of a wheel, its scripts and the documents that an installer adds.

    Raises ScriptError where no script can be written, and OSError for an unreadable cached script.
    """
    wheel = incoming.wheel
    section = destination.section(wheel.root)
    site = destination.folder(section, wheel.display_name)
    linked = tuple(_linked(incoming, destination))
    # An entry point's script takes the place of one of the same name that the wheel brings along.
    single = [
        *_wheel_scripts(incoming, destination),
        *_script_contents(incoming, destination),
        *_documents(incoming, section, site),
    ]

    if overlap(linked, single):
        single = [*(content for one in linked for content in one.files()), *single]
        linked = ()

    single = list({content.final: content for content in single}.values())
    rows = [*(row for one in linked for row in one.rows(site)), *_rows(single, site)]
    path = f"{wheel.dist_info}/RECORD"
    single.append(Content(section, path, f"{site}/{path}", data=record(rows, wheel.dist_info)))

    return Contents(incoming, linked, tuple(single), f"{site}/{wheel.dist_info}")


def _linked(incoming: Incoming, destination: Destination) -> Iterator[Linked]:
    """Give the sections of the wheel and its bytecode, but for scripts."""
    trees = (incoming.wheel.tree, *([incoming.bytecode] if incoming.bytecode is not None else ()))

    for tree in trees:
        for key, columns in tree.sections.items():
            if key != "scripts":
                section = destination.section(key)
                folder = destination.folder(section, incoming.wheel.display_name)
                yield Linked(section, folder, f"{tree.path}/{key}", columns, tree is incoming.bytecode)


def _wheel_scripts(incoming: Incoming, destination: Destination) -> Iterator[Content]:
    """Give the scripts that the wheel brings along."""
    wheel = incoming.wheel
    columns = wheel.tree.sections.get("scripts")
    section = destination.section("scripts")
    folder = destination.folder(section, wheel.display_name)

    for file in columns.files("scripts") if columns is not None else ():
        source, final = f"{wheel.tree.path}/scripts/{file.path}", f"{folder}/{file.path}"
        is_rewritten = file.path in wheel.python_scripts

        if is_rewritten or not file.executable:
            yield _script(file, source, final, section, destination if is_rewritten else None)
        else:
            yield Content(section, file.path, final, source, None, file.sha256, file.size, executable=True)


def _script(
    file: TreeFile, source: str, final: str, section: str, destination: Destination | None
) -> Content:
    """Return a script with its own bytes: the cached file has another first line or mode."""
    with open(source, "rb") as stream:
        data = stream.read()

    if destination is not None:
        data = rewritten(data, destination)

    return _written(section, file.path, final, data, executable=True)


def _script_contents(incoming: Incoming, destination: Destination) -> Iterator[Content]:
    section = destination.section("scripts")
    folder = destination.folder(section, incoming.wheel.display_name)

    for entry_point in incoming.wheel.entry_points:
        name, data = entry_point_script(entry_point, destination)
        yield _written(section, name, f"{folder}/{name}", data, executable=True)


def _documents(incoming: Incoming, section: str, site: str) -> Iterator[Content]:
    documents = {"INSTALLER": b"zephyr\n"}

    if incoming.requested:
        documents["REQUESTED"] = b""

    if incoming.direct_url is not None:
        documents["direct_url.json"] = json.dumps(incoming.direct_url, sort_keys=True).encode()

    for name, data in documents.items():
        path = f"{incoming.wheel.dist_info}/{name}"
        yield _written(section, path, f"{site}/{path}", data)


def _written(section: str, path: str, final: str, data: bytes, *, executable: bool = False) -> Content:
    digest = hashlib.sha256(data).hexdigest()

    return Content(section, path, final, None, data, digest, len(data), executable)


def _rows(files: Iterable[Content], site: str) -> Iterator[str]:
    for content in files:
        path = recorded_path(content.final, site)

        if content.sha256 is None:
            yield from unhashed_rows([path])
        else:
            yield from hashed_rows([path], content.sha256, [content.size])
