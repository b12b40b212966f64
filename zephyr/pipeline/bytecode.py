"""Compiled bytecode for the wheels of an install, from the cache or made by the environment's interpreter."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import TYPE_CHECKING

from zephyr_workers.bytecode import BytecodeCompiler

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from zephyr.model.interpreter import Interpreter
    from zephyr_cache import Cache, Tree
    from zephyr_workers.wheel import UnpackedWheel


def compile_wheels(
    interpreter: Interpreter, wheels: Iterable[UnpackedWheel], cache: Cache
) -> dict[NormalizedName, Tree]:
    """Return the bytecode tree of each wheel; files that do not compile are left out of it.

    Raises `zephyr_workers.bytecode_process.BytecodeFailed` where the interpreter cannot do it.
    """
    by_name = {wheel.name: wheel.tree for wheel in wheels}

    with (
        BytecodeCompiler(interpreter.executable, interpreter.cache_tag, interpreter.magic) as compiler,
        ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool,
    ):
        trees = pool.map(compiler.compile_tree, by_name.values(), repeat(cache))

        return dict(zip(by_name, trees, strict=True))
