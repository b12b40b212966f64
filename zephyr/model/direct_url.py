"""The direct_url.json (PEP 610) of a distribution that was asked for by place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zephyr.model.source_reference import SourceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.source_reference import SourceReference


def direct_url_document(
    reference: SourceReference, *, commit_id: str | None = None, sha256: str | None = None
) -> Mapping[str, Any]:
    """Return the document, without credentials.

    ``commit_id`` is the commit that was fetched (needed for git), ``sha256`` the digest of the archive, for
    references that announce none. Raises `ValueError` for a repository without its commit.
    """
    from packaging.direct_url import DirectUrl

    subdirectory = reference.subdirectory or None
    address = DirectUrl(url=reference.url, subdirectory=subdirectory, **_what(reference, commit_id, sha256))

    return address.to_dict(generate_legacy_hash=True)


def archive_document(url: str, hashes: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the document of an archive at ``url``, which has no credentials."""
    from packaging.direct_url import ArchiveInfo, DirectUrl

    archive = ArchiveInfo(hashes=dict(hashes) or None)

    return DirectUrl(url=url, archive_info=archive).to_dict(generate_legacy_hash=True)


def _what(reference: SourceReference, commit_id: str | None, sha256: str | None) -> dict[str, Any]:
    from packaging.direct_url import ArchiveInfo, DirInfo, VcsInfo

    if reference.kind is SourceKind.GIT:
        if commit_id is None:
            raise ValueError(f"the commit of {reference.shown} is not known")

        revision = reference.requested_revision
        return {"vcs_info": VcsInfo(vcs="git", commit_id=commit_id, requested_revision=revision)}

    if reference.kind is SourceKind.LOCAL_FOLDER:
        return {"dir_info": DirInfo(editable=reference.editable or None)}

    announced = {"sha256": sha256} if sha256 else {}

    return {"archive_info": ArchiveInfo(hashes={**announced, **reference.hashes} or None)}
