"""What one distribution puts into an environment: every file, where it goes and where it comes from.

Pure: no file is looked at, except the few scripts whose first line is rewritten.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from zephyr.install.record import record, recorded_path
from zephyr.install.scripts import entry_point_script, rewritten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.utils import NormalizedName

    from zephyr.install.destination import Destination
    from zephyr_cache import Tree, TreeFile
    from zephyr_workers.wheel import UnpackedWheel


@dataclass(frozen=True, slots=True)
class Incoming:
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


class Content(NamedTuple):
    """One file of a distribution."""

    section: str
    """The section of the staging folder (`Destination.section`)."""
    path: str
    """Below that section's folder, with ``/``."""
    final: str
    """Absolute path in the environment."""
    source: str | None = None
    """The cached file to link; None where ``data`` is written."""
    data: bytes | None = None
    sha256: str | None = None
    """Hexadecimal; None for bytecode and RECORD."""
    size: int = 0
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that one distribution puts into an environment."""

    incoming: Incoming
    files: tuple[Content, ...]
    dist_info: str
    """Absolute path of the ``.dist-info`` folder."""

    @property
    def name(self) -> NormalizedName:
        """The project's normalized name."""
        return self.incoming.wheel.name


def contents_of(incoming: Incoming, destination: Destination) -> Contents:
    """List the files of a wheel, its scripts and the documents that an installer adds.

    Raises ScriptError where no script can be written, and OSError for an unreadable cached script.
    """
    wheel = incoming.wheel
    key = "purelib" if wheel.root_is_purelib else "platlib"
    section = destination.section(key)
    site = destination.folder(section, wheel.display_name)
    files = [
        *_tree_contents(wheel.tree, incoming, destination),
        *_script_contents(incoming, destination),
        *_documents(incoming, section, site),
    ]

    if incoming.bytecode is not None:
        compiled = _tree_contents(incoming.bytecode, incoming, destination)
        files += [content._replace(sha256=None, size=0) for content in compiled]

    # An entry point's script takes the place of one of the same name that the wheel brings along.
    files = list({content.final: content for content in files}.values())
    rows = [(recorded_path(content.final, site), content.sha256, content.size) for content in files]
    path = f"{wheel.dist_info}/RECORD"
    files.append(Content(section, path, f"{site}/{path}", data=record(rows, wheel.dist_info)))

    return Contents(incoming, tuple(files), f"{site}/{wheel.dist_info}")


def _tree_contents(tree: Tree, incoming: Incoming, destination: Destination) -> Iterator[Content]:
    wheel = incoming.wheel
    rewrite = frozenset(wheel.python_scripts)
    places = {
        key: (section, destination.folder(section, wheel.display_name), f"{tree.path}/{key}")
        for key in {file.section for file in tree.files}
        for section in [destination.section(key)]
    }

    for file in tree.files:
        section, folder, top = places[file.section]
        final = f"{folder}/{file.path}"
        source = f"{top}/{file.path}"

        if file.section == "scripts" and (file.path in rewrite or not file.executable):
            yield _script(file, source, final, section, destination if file.path in rewrite else None)
        else:
            yield Content(section, file.path, final, source, None, file.sha256, file.size, file.executable)


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
