"""Hash checking: a file must be one of those that the requirements name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import ZephyrError

if TYPE_CHECKING:
    from zephyr.model.artifact import Artifact


class HashNotAllowed(ZephyrError):
    """Raised for a file that is none of those whose hashes the requirements give."""

    id = "hash-not-allowed"


def check_hashes(artifact: Artifact, sha256: str, allowed: frozenset[str] | None) -> None:
    """Raise `HashNotAllowed` unless ``sha256`` is allowed; None allows every file.

    ``allowed`` holds ``algorithm:digest`` values. Those of other algorithms were compared with what
    the index announces when the file was chosen, and the file with that when it landed.
    """
    if allowed is None or f"sha256:{sha256}" in allowed:
        return

    announced = {f"{algorithm}:{digest}" for algorithm, digest in artifact.hashes.items()}

    if announced & {value for value in allowed if not value.startswith("sha256:")}:
        return

    raise HashNotAllowed(
        f"{artifact.filename} has the SHA-256 {sha256}, which is none of those that the requirements give",
        hint="If the file is meant, add its hash to the requirements file; if not, it was tampered with.",
    )
