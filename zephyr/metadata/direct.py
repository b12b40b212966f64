"""Direct references: wheels named by URL or path instead of by version (PEP 440, PEP 508 ``name @ URL``)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from zephyr.metadata.filenames import parse_filename
from zephyr.model.artifact import Artifact
from zephyr.model.index import without_credentials
from zephyr.model.source_reference import SourceNotSupported

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

_ALGORITHMS = frozenset({"sha256", "sha384", "sha512"})


@dataclass(frozen=True, slots=True)
class DirectReference:
    """One wheel at a known address."""

    name: NormalizedName
    version: Version
    artifact: Artifact
    """Its URL is free of credentials."""
    given: str = field(default="", repr=False, compare=False)
    """The address as it was given, with credentials: for `zephyr_workers.credentials` alone."""

    @property
    def url(self) -> str:
        """The address without fragment: references are the same wheel where it is equal."""
        return self.artifact.url


def looks_like_a_path(text: str) -> bool:
    """Say whether a requirement is a bare path or URL and not a PEP 508 requirement."""
    before = text.partition("[")[0].strip()

    if "@" in before.split("://", 1)[0]:
        return False

    return (
        "://" in before or "/" in before or os.sep in before or before.endswith((".whl", ".tar.gz", ".zip"))
    )


def direct_reference(url: str, origin: str, folder: str = ".") -> DirectReference:
    """Read a wheel's name, version and announced hash out of its address.

    ``url`` may be a path, then relative to ``folder``. Raises `SourceNotSupported` for anything but a
    wheel, and for an address from which the file name cannot be seen.
    """
    if "://" not in url and not url.startswith("file:"):
        url = "file://" + quote(os.path.abspath(os.path.join(folder, url)))

    address, _, fragment = url.partition("#")
    filename = unquote(urlsplit(address).path.rpartition("/")[2])
    parsed = parse_filename(filename)

    if parsed is None or parsed.tag is None:
        raise SourceNotSupported(
            f"{filename or 'The requirement'} is not a wheel ({origin}), which alone can stand here",
            hint="Give the address or path of a .whl file, or a name to look up on the index.",
        )

    hashes = {key: value.lower() for key, value in parse_qsl(fragment) if key in _ALGORITHMS}

    artifact = Artifact(filename, without_credentials(address), hashes)

    return DirectReference(parsed.name, parsed.version, artifact, address)
