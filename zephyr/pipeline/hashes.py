"""Hash checking: a file must be one of those that the requirements name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import ZephyrError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from zephyr.model.artifact import Artifact


class HashNotAllowed(ZephyrError):
    """Raised for a file that is none of those whose hashes the requirements give."""

    id = "hash-not-allowed"


def check_hashes(
    artifact: Artifact, sha256: str, allowed: frozenset[str] | None, path: str | None = None
) -> None:
    """Raise `HashNotAllowed` unless the file has one of the hashes; None allows every file.

    ``allowed`` holds ``algorithm:digest`` values. Digests of other algorithms than SHA-256 are those that
    the index announces, as the file was compared with them when it landed, or else worked out of the file
    at ``path``.
    """
    if allowed is None:
        return

    digests = {**artifact.hashes, "sha256": sha256}

    if path is not None and not _is_allowed(digests, allowed):
        digests |= _digests_of(path, _algorithms(allowed) - digests.keys())

    if not _is_allowed(digests, allowed):
        raise HashNotAllowed(
            f"{artifact.filename} is none of the files whose hashes the requirements give",
            hint="If the file is meant, add its hash to the requirements file; if not, it was tampered with.",
            details=(
                "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
                f"    {artifact.filename}:",
                *_comparison(digests, allowed),
            ),
        )


def is_undecided(artifact: Artifact, sha256: str, allowed: frozenset[str] | None) -> bool:
    """Tell whether only the file itself can say if it is allowed: it may have a hash that is not known."""
    digests = {**artifact.hashes, "sha256": sha256}

    return bool(allowed and not _is_allowed(digests, allowed) and _algorithms(allowed) - digests.keys())


def _is_allowed(digests: Mapping[str, str], allowed: frozenset[str]) -> bool:
    return any(f"{algorithm}:{digest}" in allowed for algorithm, digest in digests.items())


def _algorithms(allowed: Iterable[str]) -> set[str]:
    return {value.partition(":")[0] for value in allowed}


def _digests_of(path: str, algorithms: Iterable[str]) -> dict[str, str]:
    import hashlib

    digests: dict[str, str] = {}

    for algorithm in algorithms:
        with open(path, "rb") as file:
            digests[algorithm] = hashlib.file_digest(file, algorithm).hexdigest()

    return digests


def _comparison(digests: Mapping[str, str], allowed: frozenset[str]) -> Iterator[str]:
    for algorithm in sorted(_algorithms(allowed)):
        for value in sorted(value for value in allowed if value.startswith(f"{algorithm}:")):
            yield f"        Expected {algorithm} {value.partition(':')[2]}"

        yield f"             Got        {digests.get(algorithm, 'not known')}"
