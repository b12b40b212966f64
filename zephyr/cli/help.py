"""Help: laid out by typer for the width of the terminal, and remembered (docs/memo.md)."""

from __future__ import annotations

import contextlib
import io
import os
from typing import TYPE_CHECKING

from zephyr.cli.output import Output
from zephyr.cli.typed_commands import run_typed
from zephyr.memo.answer import cache_folder
from zephyr.memo.trace import uses_cache

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def run_for_help(words: list[str], options: Mapping[str, Any]) -> int:
    """Do as `run_typed` with words that seem to ask for help, and print what typer would."""
    uses_cache(os.path.abspath(options.get("cache-dir") or cache_folder(words)))

    with contextlib.redirect_stdout(io.StringIO()) as text:
        code = run_typed(words, options)

    Output().result_document(text.getvalue())

    return code
