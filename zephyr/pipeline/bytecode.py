"""Compiled bytecode for the wheels of an install, from the cache or made by the environment's interpreter."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr_workers.kept_bytecode import kept_bytecode, variant_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from zephyr.model.interpreter import Interpreter
    from zephyr_cache import Cache, Tree
    from zephyr_workers.wheel import UnpackedWheel

OPTIMISATION = 0


def compile_wheels(
    interpreter: Interpreter, wheels: Iterable[UnpackedWheel], cache: Cache
) -> dict[NormalizedName, Tree]:
    """Return the bytecode tree of each wheel; files that do not compile are left out of it.

    Raises `zephyr_workers.bytecode_process.BytecodeFailed` where the interpreter cannot do it.
    """
    by_name = {wheel.name: wheel.tree for wheel in wheels}
    variant = variant_of(interpreter.cache_tag, interpreter.magic, OPTIMISATION)
    kept = {name: kept_bytecode(tree, variant, cache) for name, tree in by_name.items()}
    missing = [by_name[name] for name, found in kept.items() if found is None]
    made = _compiled(interpreter, missing, cache) if missing else {}

    return {name: found or made[by_name[name].digest] for name, found in kept.items()}


def _compiled(interpreter: Interpreter, trees: Iterable[Tree], cache: Cache) -> dict[str, Tree]:
    """Return the bytecode trees of ``trees`` by digest, made on all cores."""
    from concurrent.futures import ThreadPoolExecutor
    from itertools import repeat

    from zephyr_workers.bytecode import BytecodeCompiler, source_size

    # The largest first: what is left at the end is small, and no core waits for another.
    ordered = sorted(trees, key=source_size, reverse=True)
    kind = (interpreter.executable, interpreter.cache_tag, interpreter.magic, OPTIMISATION)

    with BytecodeCompiler(*kind) as compiler, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        made = pool.map(compiler.compile_tree, ordered, repeat(cache))

        return {tree.digest: bytecode for tree, bytecode in zip(ordered, made, strict=True)}
