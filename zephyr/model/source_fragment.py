"""What stands after ``#`` in an address: ``sha256=…&subdirectory=…&egg=…`` (pip's documented format)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from zephyr.dataclass import dataclass, field
from zephyr.model.names import valid_name
from zephyr.model.source_reference import SourceInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_WEAK = frozenset({"md5", "sha1", "sha224"})
_HEXADECIMAL = re.compile(r"[0-9a-f]+")
_EGG = re.compile(r"([^\[\]]+)(?:\[([^\[\]]*)\])?")
_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Fragment:
    """The parts of a fragment."""

    hashes: Mapping[str, str] = field(default_factory=dict[str, str])
    subdirectory: str = ""
    name: NormalizedName | None = None
    extras: tuple[NormalizedName, ...] = ()
    warnings: tuple[str, ...] = ()


def parse_fragment(text: str, origin: str) -> Fragment:
    """Read a fragment; what is not understood is a warning, what is wrong a `SourceInvalid`.

    ``origin`` says where the user wrote it. Digests weaker than SHA-256 are warned of and not used.
    """
    hashes: dict[str, str] = {}
    subdirectory = ""
    name: NormalizedName | None = None
    extras: tuple[NormalizedName, ...] = ()
    warnings: list[str] = []

    for part in filter(None, text.split("&")):
        key, _, value = part.partition("=")

        if key in _DIGEST_LENGTHS:
            _add_hash(hashes, key, value, origin)
        elif key == "subdirectory":
            subdirectory = safe_subdirectory(unquote(value), origin)
        elif key == "egg":
            name, extras = _egg(unquote(value), origin)
        elif key in _WEAK:
            warnings.append(f"{key} is too weak to be believed and is ignored ({origin}): give a sha256")
        else:
            warnings.append(f"#{_short(key)} means nothing in an address and is ignored ({origin})")

    return Fragment(hashes, subdirectory, name, extras, tuple(warnings))


def safe_subdirectory(text: str, origin: str) -> str:
    """Return a relative path with ``/`` and nothing to skip; raise `SourceInvalid` where it leads out."""
    parts = [part for part in text.split("/") if part not in {"", "."}]
    leads_out = text.startswith("/") or ".." in parts or "\\" in text or ":" in text

    if leads_out or not text.isprintable():
        raise SourceInvalid(
            f"The subdirectory {_short(text)!a} does not stay inside its source ({origin})",
            hint="Give a path below the top of the source, with forward slashes: subdirectory=packages/core",
        )

    return "/".join(parts)


def parse_extras(text: str) -> tuple[NormalizedName, ...]:
    """Return the names in ``a,b``, sorted; raise `packaging.utils.InvalidName` for one that is none."""
    names = [part.strip() for part in text.split(",")]

    return tuple(sorted({valid_name(name) for name in names if name}))


def _add_hash(hashes: dict[str, str], algorithm: str, value: str, origin: str) -> None:
    digest = value.lower()

    if len(digest) != _DIGEST_LENGTHS[algorithm] or not _HEXADECIMAL.fullmatch(digest):
        raise SourceInvalid(
            f"{algorithm}={_short(value)!a} is not a {algorithm} digest ({origin})",
            hint=f"A {algorithm} digest has {_DIGEST_LENGTHS[algorithm]} hexadecimal digits.",
        )

    if hashes.setdefault(algorithm, digest) != digest:
        raise SourceInvalid(f"Two different {algorithm} digests are given for one address ({origin})")


def _egg(text: str, origin: str) -> tuple[NormalizedName, tuple[NormalizedName, ...]]:
    found = _EGG.fullmatch(text)
    name, extras = found.groups("") if found else (text, "")

    try:
        return valid_name(name.strip()), parse_extras(extras)
    except ValueError as error:
        raise SourceInvalid(
            f"egg={_short(text)!a} does not name a project ({origin})",
            hint='Write "name @ address" instead: egg= is the older spelling.',
        ) from error


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
