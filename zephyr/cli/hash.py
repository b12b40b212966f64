"""``zephyr hash``: the hashes of archives, as requirements files want them."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from zephyr.cli.context import NothingAsked, output_of
from zephyr.cli.option_groups import argument, command, option
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, TargetOptions
from zephyr.errors import UsageError

Algorithm = Literal["sha256", "sha384", "sha512"]
"""The algorithms that requirements files may use."""


@command
def hash_files(
    output: OutputOptions,
    _target: TargetOptions,
    _cache: CacheOptions,
    _network: NetworkOptionsGroup,
    files: Annotated[list[str] | None, argument(help="Archives.")] = None,
    algorithm: Annotated[Algorithm, option("--algorithm", "-a", help="How to hash.")] = "sha256",
) -> None:
    """Print the hashes of archives, for --hash in requirements files."""
    if not files:
        raise NothingAsked("Please name the files to hash.")

    say = output_of(output)

    for path in files:
        digest = _digest(path, algorithm)
        say.result(f"{path}:\n--hash={algorithm}:{digest}")


def _digest(path: str, algorithm: Algorithm) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, algorithm).hexdigest()
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}", id="file-unreadable") from error
