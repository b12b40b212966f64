"""Direct references: what is named by URL or path instead of by version (PEP 440, PEP 508 ``name @ URL``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zephyr.metadata.filenames import parse_filename
from zephyr.model.artifact import Artifact
from zephyr.model.source_reference import SourceNotSupported

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.model.source_reference import SourceReference


@dataclass(frozen=True, slots=True)
class DirectReference:
    """One wheel, or a source whose name and version are known, at a known address."""

    name: NormalizedName
    version: Version
    artifact: Artifact
    """Its URL is free of credentials."""
    given: str = field(default="", repr=False, compare=False)
    """The address as it was given, with credentials: for `zephyr_workers.credentials` alone."""

    @property
    def url(self) -> str:
        """The address without fragment: references are the same file where it is equal."""
        return self.artifact.url


def direct_reference(reference: SourceReference, origin: str) -> DirectReference:
    """Read a wheel's name and version out of its address.

    ``origin`` says where it is asked for. Raises `SourceNotSupported` for anything but a wheel, and for
    an address from which the file name cannot be seen.
    """
    filename = reference.filename
    parsed = parse_filename(filename)

    if parsed is None or parsed.tag is None:
        raise SourceNotSupported(
            f"{filename or 'The requirement'} is not a wheel ({origin}), which alone can stand here",
            hint="Give the address or path of a .whl file, or a name to look up on the index.",
        )

    artifact = Artifact(filename, reference.url, reference.hashes)

    return DirectReference(parsed.name, parsed.version, artifact, reference.given)
