"""``zephyr hash``: the hashes of archives, as requirements files want them."""

from __future__ import annotations

import hashlib
from enum import Enum
from typing import Annotated

import typer

from zephyr.cli.context import NothingAsked, output_of
from zephyr.cli.option_groups import option, takes_option_groups
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, TargetOptions
from zephyr.errors import UsageError


class Algorithm(Enum):
    """The algorithms that requirements files may use."""

    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"


@takes_option_groups
def hash_files(
    output: OutputOptions,
    _target: TargetOptions,
    _cache: CacheOptions,
    _network: NetworkOptionsGroup,
    files: Annotated[list[str] | None, typer.Argument(help="Archives.")] = None,
    algorithm: Annotated[Algorithm, option("--algorithm", "-a", help="How to hash.")] = Algorithm.SHA256,
) -> None:
    """Print the hashes of archives, for --hash in requirements files."""
    if not files:
        raise NothingAsked("Please name the files to hash.")

    say = output_of(output)

    for path in files:
        digest = _digest(path, algorithm)
        say.result(f"{path}:\n--hash={algorithm.value}:{digest}")


def _digest(path: str, algorithm: Algorithm) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, algorithm.value).hexdigest()
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}", id="file-unreadable") from error
