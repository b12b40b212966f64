"""Bytecode for a cached wheel, made by the interpreter that will run it, kept beside the wheel.

`BytecodeCompiler.compile_tree` publishes a sibling of the wheel's tree (variant
``cpython-312-<magic>-<optimisation>``) laid out like it:
``purelib/demo/core.py`` has ``purelib/demo/__pycache__/core.cpython-312.pyc``. The files are
timestamp ``.pyc``, whatever SOURCE_DATE_EPOCH says: their headers hold time and size of the source
as it lies in the tree, which a link, a clone or a copy with its times keeps. The final place of a
file is not known here, so its code says ``demo/core.py``; importing puts the real path in its place.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING, Any, Self

from zephyr_cache import TreeFile
from zephyr_workers.bytecode_process import BytecodeFailed, CompilerProcess, Lease
from zephyr_workers.kept_bytecode import FORMAT, kept_bytecode, variant_of
from zephyr_workers.wheel_errors import visible

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from zephyr_cache import Cache, Tree

FILE_LIMIT = 60.0
TREE_LIMIT = 900.0
"""Seconds."""

_SECTIONS = ("purelib", "platlib")


def source_size(tree: Tree) -> int:
    """Return how many bytes of Python there are in ``tree``: what takes time to compile."""
    columns = [tree.sections[name] for name in _SECTIONS if name in tree.sections]
    files = [file for section in columns for file in zip(section.paths, section.sizes, strict=True)]

    return sum([size for path, size in files if path.endswith(".py")])


def compile_tree(
    tree: Tree, interpreter_executable: str, cache_tag: str, magic: str, optimisation: int, cache: Cache
) -> Tree:
    """Compile one tree; see `BytecodeCompiler`, which serves many trees with the same children."""
    with BytecodeCompiler(interpreter_executable, cache_tag, magic, optimisation) as compiler:
        return compiler.compile_tree(tree, cache)


class BytecodeCompiler:
    """A pool of child interpreters for one kind of bytecode; its methods may be called from any thread.

    Children are started when they are needed, at most one per concurrent call, and end with `close`.
    ``file_limit`` and ``tree_limit`` are in seconds.
    """

    def __init__(
        self,
        executable: str,
        cache_tag: str,
        magic: str,
        optimisation: int = 0,
        *,
        file_limit: float = FILE_LIMIT,
        tree_limit: float = TREE_LIMIT,
    ) -> None:
        self._executable = executable
        self._cache_tag = cache_tag
        self._magic = magic
        self._optimisation = optimisation
        self._file_limit = file_limit
        self._tree_limit = tree_limit
        self._guard = threading.Lock()
        self._idle: list[CompilerProcess] = []
        self._leases: set[Lease] = set()
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End all children, also those at work: their calls then raise `BytecodeFailed`."""
        with self._guard:
            self._closed.set()
            idle, self._idle = self._idle, []
            leases = list(self._leases)

        for child in idle:
            child.kill()

        for lease in leases:
            lease.stop()

    def compile_tree(self, tree: Tree, cache: Cache) -> Tree:
        """Return the bytecode tree of ``tree``, compiling it unless the cache has it.

        Files that do not compile are left out; the tree's attribute ``skipped`` lists them as
        ``[section/path, reason]``. Raises `BytecodeFailed` and the cache's `CacheError`.
        """
        variant = variant_of(self._cache_tag, self._magic, self._optimisation)

        if found := kept_bytecode(tree, variant, cache):
            return found

        skipped: list[list[str]] = []

        with cache.staging() as folder, self._lease() as lease:
            files = self._compile_files(tree, folder, lease, skipped)
            attributes = {"format": FORMAT, "kind": "bytecode", "skipped": skipped}

            return cache.publish(folder, tree.digest, files, attributes, variant)

    def _compile_files(
        self, tree: Tree, folder: str, lease: Lease, skipped: list[list[str]]
    ) -> list[TreeFile]:
        sources = list(self._sources(tree))
        requests = [self._request(tree, file, f"{folder}/{file.section}/{path}") for file, path in sources]
        compiled: list[TreeFile] = []

        for parent in {os.path.dirname(request["target"]) for request in requests}:
            os.makedirs(parent, exist_ok=True)

        for (file, path), answer in zip(sources, lease.compile_files(requests), strict=True):
            if answer["error"] is None:
                # The time is read back from the disk when the tree is published.
                compiled.append(TreeFile(file.section, path, answer["sha256"], answer["size"], 0, False))
            else:
                skipped.append([f"{file.section}/{file.path}", str(answer["error"])])

                with contextlib.suppress(FileNotFoundError):
                    os.unlink(f"{folder}/{file.section}/{path}")

        return compiled

    def _sources(self, tree: Tree) -> Iterator[tuple[TreeFile, str]]:
        """Give the files to compile, each with the path of its bytecode."""
        for section in _SECTIONS:
            columns = tree.sections.get(section)

            if columns is None:
                continue

            present = frozenset(columns.paths)

            for file in columns.files(section):
                path = self._bytecode_path(file.path)

                if path is not None and path not in present:
                    yield file, path

    def _request(self, tree: Tree, file: TreeFile, target: str) -> dict[str, Any]:
        return {
            "source": f"{tree.path}/{file.section}/{file.path}",
            "target": target,
            "name": file.path,
            "mtime": file.mtime_ns // 1_000_000_000,
            "size": file.size,
            "optimise": self._optimisation,
            "limit": self._file_limit,
        }

    def _bytecode_path(self, source: str) -> str | None:
        """Return where the import system looks for the bytecode of ``source`` (PEP 3147, PEP 488)."""
        folder, slash, name = source.rpartition("/")
        stem = name.removesuffix(".py")

        if stem == name or not stem:
            return None

        suffix = f".opt-{self._optimisation}" if self._optimisation else ""

        return f"{folder}{slash}__pycache__/{stem}.{self._cache_tag}{suffix}.pyc"

    @contextlib.contextmanager
    def _lease(self) -> Generator[Lease]:
        """Lend a child for one tree."""
        lease = Lease(self._start, self._tree_limit)

        with self._guard:
            if self._closed.is_set():
                raise BytecodeFailed("Compiling was stopped.")

            self._leases.add(lease)
            lease.child = self._idle.pop() if self._idle else None

        try:
            yield lease
        finally:
            child = lease.end()

            with self._guard:
                self._leases.discard(lease)

                if child is not None and not self._closed.is_set():
                    self._idle.append(child)
                    child = None

            if child is not None:
                child.kill()

    def _start(self) -> CompilerProcess:
        child = CompilerProcess(self._executable)

        if child.hear() == {"magic": self._magic, "tag": self._cache_tag}:
            return child

        child.kill()
        raise BytecodeFailed(
            f"The interpreter {visible(self._executable)} does not compile as it said it would.",
            hint="It may have been replaced meanwhile: run the command again with --refresh.",
        )
