"""Trees of files by digest: published whole, read without locks, checked before they are believed."""

from __future__ import annotations

import contextlib
import os
import stat
import time

from zephyr.dataclass import replace
from zephyr_cache import checking, layout, manifest
from zephyr_cache.atomic import discard, remove_tree, write_new, write_whole
from zephyr_cache.boot import boot_identity
from zephyr_cache.errors import CacheError, StagedFileWrong, is_damage
from zephyr_cache.manifest import Tree, TreeFile, sections_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from zephyr_cache.staging import Staging

_DAY = 24 * 60 * 60
_ATTEMPTS = 5


class Trees:
    """The published trees below one root."""

    def __init__(self, root: str, staging: Staging) -> None:
        self._root = root
        self._staging = staging

    def find(self, digest: str, variant: str = "") -> Tree | None:
        """Give the tree; None when it is missing, or when its manifest is damaged (it is then evicted)."""
        folder = layout.entry_folder(self._root, digest, variant)
        try:
            with open(f"{folder}/{layout.MANIFEST}", "rb", buffering=0) as stream:
                content = stream.readall()
        except FileNotFoundError:
            return None
        except OSError as error:
            if not is_damage(error):
                raise

            content = b""

        tree = manifest.decode(content, digest, variant, f"{folder}/{layout.CONTENT}")
        if tree is None:
            with contextlib.suppress(OSError):
                discard(self._root, folder)

        return tree

    def publish(
        self,
        staged_folder: str,
        digest: str,
        variant: str,
        files: Iterable[TreeFile],
        attributes: Mapping[str, Any],
        *,
        as_said: bool,
    ) -> Tree:
        """Move a staged folder to its place; if somebody was first, give theirs.

        ``files`` says what was staged; unless it is ``as_said``, modes are set and modification times are
        read back from the disk. Raises `StagedFileWrong`, and `OSError`.
        """
        folder = layout.entry_folder(self._root, digest, variant)
        sections = sections_of(files if as_said else _settled(staged_folder, files))
        published = Tree(
            digest, variant, f"{folder}/{layout.CONTENT}", sections, attributes, boot=boot_identity()
        )
        wrapper = self._staging.fresh_folder()
        try:
            write_new(f"{wrapper}/{layout.MANIFEST}", manifest.encode(published))
            os.rename(staged_folder, f"{wrapper}/{layout.CONTENT}")
            return self._move_in(wrapper, folder, published)
        finally:
            if os.path.lexists(wrapper):
                remove_tree(wrapper)

    def _move_in(self, wrapper: str, folder: str, published: Tree) -> Tree:
        for _attempt in range(_ATTEMPTS):
            try:
                os.makedirs(os.path.dirname(folder), exist_ok=True)
                os.rename(wrapper, folder)
            except FileNotFoundError:
                continue  # the shard's folder was removed in between
            except OSError:
                if not os.path.lexists(folder):
                    raise

                theirs = self.find(published.digest, published.variant)
                if theirs is not None:
                    return theirs

                discard(self._root, folder)  # what a power cut left of theirs
                continue

            return published

        raise CacheError(
            f"The cache entry {folder!r} can be neither used nor replaced.",
            hint="Remove that folder, or make sure that your user may.",
        )

    def damaged(self, tree: Tree) -> tuple[TreeFile, ...]:
        """Give the files that are not what the manifest says: one ``lstat`` per file.

        A file whose modification time alone differs is hashed, and gets its time back when it is
        right. Everything is hashed once when the tree was written in an earlier boot; if all is
        right it is marked durable.
        """
        boot = boot_identity()
        if tree.durable or (boot and tree.boot == boot):
            return checking.changed_files(tree)

        return self.wrong(tree)

    def wrong(self, tree: Tree) -> tuple[TreeFile, ...]:
        """Give the files whose bytes or mode are wrong, reading all of them."""
        damaged = checking.wrong_files(tree)
        boot = boot_identity()
        if boot and tree.boot != boot and not tree.durable and not damaged:
            self._mark_durable(tree)

        return damaged

    def _mark_durable(self, tree: Tree) -> None:
        folder = layout.entry_folder(self._root, tree.digest, tree.variant)
        content = manifest.encode(replace(tree, durable=True))
        if os.path.isdir(folder):
            with contextlib.suppress(OSError):
                write_whole(self._staging.folder(), f"{folder}/{layout.MANIFEST}", content)

    def evict(self, digest: str, variant: str = "") -> None:
        """Remove a tree; with all its variants when ``variant`` is empty. Raises `OSError`."""
        discard(self._root, layout.entry_folder(self._root, digest, variant))
        if not variant:
            for other in self.variants(digest):
                discard(self._root, layout.entry_folder(self._root, digest, other))

    def evict_damaged(self, digest: str, variant: str) -> bool:
        """Evict a tree if it is damaged, and tell whether it was. Raises `OSError`."""
        tree = self.find(digest, variant)
        if tree is None or not self.damaged(tree):
            return False

        self.evict(digest, variant)
        return True

    def variants(self, digest: str) -> list[str]:
        """Name the variants of a digest that are there, without the tree itself."""
        shard = os.path.dirname(layout.entry_folder(self._root, digest, ""))
        names = [layout.entry_name(name) for name in _names(shard)]
        return [name[1] for name in names if name is not None and name[0] == digest and name[1]]

    def touch(self, digest: str) -> None:
        """Note that the tree is in use; at most one write a day. Never raises for a missing tree."""
        folder = layout.entry_folder(self._root, digest, "")
        with contextlib.suppress(OSError):
            if abs(time.time() - os.stat(folder).st_mtime) > _DAY:
                os.utime(folder)

    def last_used(self, digest: str, variant: str) -> float:
        """Give the time of the last use in seconds since the epoch; 0.0 when it is not there."""
        try:
            return os.stat(layout.entry_folder(self._root, digest, variant)).st_mtime
        except OSError:
            return 0.0

    def names(self) -> Iterator[tuple[str, str]]:
        """Give digest and variant of every tree that is there, a digest's own tree before its variants."""
        area = f"{self._root}/{layout.TREES}"
        for shard in sorted(_names(area)):
            for name in sorted(_names(f"{area}/{shard}")):
                entry = layout.entry_name(name)
                if entry is not None:
                    yield entry


def _settled(staged_folder: str, files: Iterable[TreeFile]) -> list[TreeFile]:
    """Check what was staged, make modes independent of the umask, read the times back."""
    settled: list[TreeFile] = []
    folders = {staged_folder}
    for file in files:
        location = f"{staged_folder}/{manifest.checked_location(file)}"
        try:
            status = os.lstat(location)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise StagedFileWrong(f"The staged file {location!r} is missing.") from error

        if not stat.S_ISREG(status.st_mode) or status.st_size != file.size:
            raise StagedFileWrong(f"The staged file {location!r} is not a file of {file.size} bytes.")

        mode = checking.mode_of(file)
        if stat.S_IMODE(status.st_mode) != mode:
            os.chmod(location, mode)

        if status.st_mtime_ns != file.mtime_ns:
            file = replace(file, mtime_ns=status.st_mtime_ns)  # noqa: PLW2901

        settled.append(file)
        folders.add(location.rpartition("/")[0])

    _open_folders(staged_folder, folders)
    return settled


def _open_folders(top: str, folders: set[str]) -> None:
    for folder in tuple(folders):
        parent = folder
        while len(parent) > len(top):
            folders.add(parent)
            parent = parent.rpartition("/")[0]

    for folder in folders:
        if stat.S_IMODE(os.stat(folder).st_mode) != 0o755:
            os.chmod(folder, 0o755)  # noqa: S103 - others link from here where the root lets them


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
