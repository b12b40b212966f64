"""The cache as its users see it: one object that joins trees, records, locks and upkeep."""

from __future__ import annotations

import os

from zephyr_cache import layout, locks
from zephyr_cache.atomic import remove_tree, write_whole
from zephyr_cache.errors import CacheTooNew, reported, unwritable
from zephyr_cache.records import Records
from zephyr_cache.staging import StagedFolder, Staging, sweep

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any, Self

    from zephyr_cache.link import LinkMode
    from zephyr_cache.manifest import Tree, TreeFile
    from zephyr_cache.trees import Trees
    from zephyr_cache.upkeep import Amount, Verified


class Cache:
    """Bytes by digest, for any number of processes at once; open it with `open` or `temporary`.

    Methods may be called from any thread. They raise `CacheError` when the disk fails them; what is
    missing or damaged is never an error but a miss.
    """

    def __init__(self, root: str, *, is_temporary: bool = False) -> None:
        self.root = root
        self._is_temporary = is_temporary
        self._staging = Staging(root)
        self._records = Records(root, self._staging)
        self._kept_trees: Trees | None = None

    @classmethod
    def open(cls, root: str) -> Self:
        """Open the cache in ``root``, making it where it is missing.

        What processes that are gone have left behind is swept. Raises `CacheUnwritable`, and
        `CacheTooNew` when a later version made it.
        """
        root = os.path.realpath(root)
        with reported(root):
            os.makedirs(root, mode=0o700, exist_ok=True)
            for folder in (root, *(f"{root}/{name}" for name in (layout.STAGING, layout.TREES))):
                if not os.access(folder, os.W_OK | os.X_OK) and os.path.lexists(folder):
                    raise unwritable(folder, "permission denied or read-only")

            _agree_on_format(root)

        sweep(root)
        return cls(root)

    @classmethod
    def temporary(cls) -> Self:
        """Make a cache of its own in the temporary folder; `close` removes it."""
        import tempfile

        with reported(tempfile.gettempdir()):
            root = os.path.realpath(tempfile.mkdtemp(prefix="zephyr-cache-"))
            _agree_on_format(root)

        return cls(root, is_temporary=True)

    @property
    def _trees(self) -> Trees:
        if self._kept_trees is None:
            from zephyr_cache.trees import Trees

            self._kept_trees = Trees(self.root, self._staging)

        return self._kept_trees

    @property
    def is_temporary(self) -> bool:
        """Whether the cache goes when it is closed."""
        return self._is_temporary

    def close(self) -> None:
        """Give up this process's staging folder; a temporary cache is removed."""
        self._staging.close()
        if self._is_temporary:
            remove_tree(self.root)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Cache {self.root!r}{' (temporary)' if self._is_temporary else ''}>"

    # Trees

    def tree(self, digest: str, variant: str = "") -> Tree | None:
        """Give a published tree, without any lock; None when it is missing or its manifest damaged.

        The files themselves are checked by `damaged`. Another process may evict a tree while it is
        being read: a file that is missing then means the same as a miss here.
        """
        with reported(self.root):
            return self._trees.find(digest, variant)

    def staging(self) -> StagedFolder:
        """Lend a fresh private folder on the cache's file system; what is left in it goes at exit.

        A full disk inside the block is reported as `DiskFull`, every other failure as it is.
        """
        return StagedFolder(self._staging, self.root)

    def publish(
        self,
        staged_folder: str,
        digest: str,
        files: Iterable[TreeFile],
        attributes: Mapping[str, Any],
        variant: str = "",
        *,
        as_said: bool = False,
    ) -> Tree:
        """Publish ``<staged_folder>/<section>/<path>…`` as the tree of ``digest``.

        The folder must lie in a `staging` folder. It is moved away as a whole, or left to be removed
        when somebody else published first: then theirs is returned. Modes are set here, and the
        files' times are read back, so use the files of the tree that is returned.
        Raises `StagedFileWrong` when a file is missing or of another size than said.

        With ``as_said`` nothing is looked at: the caller has just written the files, with the modes of a
        tree, and knows it. What is not as said then is found when it is about to be used, as all damage is.
        """
        with reported(self.root):
            return self._trees.publish(staged_folder, digest, variant, files, attributes, as_said=as_said)

    def damaged(self, tree: Tree) -> tuple[TreeFile, ...]:
        """Give the files of a tree that cannot be used; evict the tree when there are any.

        One ``lstat`` per file (size, time, mode). All files are hashed when the tree was written in
        an earlier boot, once; a file whose time alone differs is hashed, and healed when right.
        """
        return self._trees.damaged(tree)

    def evict(self, digest: str, variant: str = "") -> None:
        """Remove a tree at once; with its variants when ``variant`` is empty."""
        with reported(self.root):
            self._trees.evict(digest, variant)

    def evict_damaged(self, digest: str, variant: str = "") -> bool:
        """Remove a tree that was found damaged, unless what is there now is sound; tell which it was.

        Of several processes that find the same damage, the first one puts it right: what it has
        published since must not be evicted by the others.
        """
        with reported(self.root):
            return self._trees.evict_damaged(digest, variant)

    def touch(self, digest: str) -> None:
        """Note that the tree of ``digest`` is in use, so that `prune` keeps it (one write a day at most)."""
        self._trees.touch(digest)

    def trees(self) -> Iterator[Tree]:
        """Give every published tree, variants too, in no particular order."""
        for digest, variant in self._trees.names():
            tree = self.tree(digest, variant)

            if tree is not None:
                yield tree

    # Locks

    def exclusive(
        self, key: str, *, timeout: float, waiting: Callable[[str], None] | None = None
    ) -> locks.Exclusive:
        """Hold the lock of ``key`` against every other process and thread.

        ``timeout`` is in seconds; ``waiting`` is told once, with the holder's process number or an
        empty string, when there is somebody to wait for. The lock dies with the process.
        Raises `CacheLockTimeout`.
        """
        return locks.Exclusive(self.root, layout.lock_path(self.root, key), timeout, waiting)

    # Records

    def read(self, bucket: str, key: str) -> bytes | None:
        """Give a record's bytes, exactly as written; None when missing or damaged (then removed)."""
        return self._records.read(bucket, key)

    def read_part(self, bucket: str, key: str, start: int, end: int) -> bytes | None:
        """Give some of a record's bytes without reading the others; None when they cannot be had.

        They are not proven: the caller knows what they must be, or reads the whole record.
        """
        return self._records.read_part(bucket, key, start, end)

    def holds(self, bucket: str, key: str) -> bool:
        """Tell whether a record is there, without reading it: whether it is whole is not known."""
        return self._records.holds(bucket, key)

    def write(self, bucket: str, key: str, data: bytes) -> None:
        """Keep ``data`` under ``key`` in a bucket whose name ends in its version (``pages-v3``)."""
        with reported(self.root):
            self._records.write(bucket, key, data)

    def forget(self, bucket: str, key: str) -> None:
        """Remove a record, if there is one."""
        self._records.forget(bucket, key)

    # Links

    def link_mode(self, folder: str) -> LinkMode:
        """Tell the best way to put files of this cache into a folder's file system.

        It is tried out once per pair of file systems and boot, and remembered. ``folder`` must be
        writable, else the answer is `LinkMode.COPY`. Raises `FileNotFoundError` when it is missing.
        """
        from zephyr_cache.boot import boot_identity
        from zephyr_cache.link import LinkMode, probe

        destination = os.stat(folder).st_dev
        with reported(self.root):
            source = self._staging.folder()
            pair = f"{boot_identity()} {os.stat(source).st_dev} {destination}"
            remembered = self._records.read(layout.LINKS, pair)
            if remembered is not None:
                return LinkMode(remembered.decode("ascii"))

            mode = probe(source, folder)
            self._records.write(layout.LINKS, pair, mode.value.encode("ascii"))
            return mode

    # Environments

    def register(self, environment: str, digests: Iterable[str]) -> None:
        """Note that the environment at this path now uses exactly these digests."""
        from zephyr_cache import registry

        with reported(self.root):
            registry.register(self._records, environment, digests)

    def registered(self) -> Mapping[str, frozenset[str]]:
        """Give the digests that each registered environment uses; forget those that have vanished."""
        from zephyr_cache import registry

        return registry.registered(self._records)

    # Upkeep

    def size(self) -> Mapping[str, Amount]:
        """Measure each bucket that is there."""
        from zephyr_cache import upkeep

        return upkeep.size(self.root, self._trees)

    def verify(self) -> Iterator[Verified]:
        """Hash everything, entry by entry; damaged entries are evicted as they are found."""
        from zephyr_cache import upkeep

        return upkeep.verify(self.root, self._trees)

    def clean(self, predicate: Callable[[Mapping[str, Any]], bool] | None = None) -> Amount:
        """Remove the trees whose attributes satisfy ``predicate``, with their variants, or everything.

        Registered environments are remembered in any case.
        """
        from zephyr_cache import upkeep

        with reported(self.root):
            return upkeep.clean(self.root, self._trees, predicate)

    def prune(self, older_than_days: float) -> Amount:
        """Remove what has not been used for so long and what no registered environment needs."""
        from zephyr_cache import upkeep

        with reported(self.root):
            needed = frozenset[str]().union(*self.registered().values())
            return upkeep.prune(self.root, self._trees, older_than_days, needed)


def _agree_on_format(root: str) -> None:
    path = f"{root}/format"
    try:
        with open(path, "rb") as stream:
            text = stream.read(64).strip(b"\0\r\n ")
    except FileNotFoundError:
        text = b""

    if text == str(layout.FORMAT).encode():
        return

    # A power cut can leave the file empty or full of zeros; anything else was written on purpose.
    if text:
        raise CacheTooNew(
            f"The cache {root!r} has format {text.decode('ascii', 'replace')!r};"
            f" this version knows format {layout.FORMAT}.",
            hint="Update Zephyr, or choose another folder with --cache-dir.",
        )

    write_whole(root, f"{root}/{layout.TAG}", layout.TAG_TEXT)
    write_whole(root, path, f"{layout.FORMAT}\n".encode(), sync=True)
