"""Direct references: what is named by URL or path instead of by version (PEP 440, PEP 508 ``name @ URL``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.errors import UsageError
from zephyr.model.artifact import Artifact
from zephyr.model.filenames import parse_filename
from zephyr.model.index import without_credentials
from zephyr.model.source_reference import SourceNotSupported
from zephyr.model.source_syntax import parse_place

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
    reference: SourceReference | None = field(default=None, repr=False, compare=False)
    """How it was asked for: a repository's branch is not seen in the address of what was fetched."""

    @property
    def url(self) -> str:
        """The address without fragment: references are the same file where it is equal."""
        return self.artifact.url

    def is_named_by(self, url: str) -> bool:
        """Tell whether a requirement with this URL asks for the same place; a login is no part of it."""
        if self.url == without_credentials(url.partition("#")[0]):
            return True

        try:
            return self.reference is not None and self.reference.is_same_place(
                parse_place(url, "a requirement")
            )
        except UsageError:
            return False


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

    return DirectReference(parsed.name, parsed.version, artifact, reference.given, reference)
