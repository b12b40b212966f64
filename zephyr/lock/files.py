"""The files of an entry: where each is, what it is called, and what its bytes must be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from packaging.pylock import PackageSdist, PackageWheel
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)

from zephyr.lock.places import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.artifact import Artifact
    from zephyr.model.universal import UniversalPin


def wheel_of(artifact: Artifact, pin: UniversalPin, folder: str) -> PackageWheel:
    """Return the wheel of a pin for a lock in ``folder``."""
    return PackageWheel(name=_wheel_name(artifact.filename, pin), **_file(artifact, folder))


def sdist_of(artifact: Artifact, pin: UniversalPin, folder: str) -> PackageSdist:
    """Return the source archive of a pin for a lock in ``folder``."""
    return PackageSdist(name=_sdist_name(artifact.filename, pin), **_file(artifact, folder))


def locked_hashes(hashes: Mapping[str, str], what: str) -> dict[str, str]:
    """Return the SHA-256, which must be known, and nothing else: it is all that a reader needs."""
    assert "sha256" in hashes, f"the SHA-256 of {what} is not known"

    return {"sha256": hashes["sha256"]}


def _file(artifact: Artifact, folder: str) -> dict[str, Any]:
    place = place_of(artifact.url, folder)

    return {
        "upload_time": _upload_time(artifact.upload_time),
        "url": place.url,
        "path": place.path,
        "size": artifact.size,
        "hashes": locked_hashes(artifact.hashes, artifact.filename),
    }


def _wheel_name(filename: str, pin: UniversalPin) -> str:
    """Return the name by which every reader knows the file; the URL keeps the index's older spelling."""
    try:
        if parse_wheel_filename(filename)[:2] == (pin.name, pin.version):
            return filename
    except InvalidWheelFilename:
        pass

    tail = filename.removesuffix(".whl").split("-")[2:]

    return f"{'-'.join([pin.name.replace('-', '_'), str(pin.version), *tail])}.whl"


def _sdist_name(filename: str, pin: UniversalPin) -> str:
    """Return the name by which every reader knows the file; see `_wheel_name`."""
    try:
        if parse_sdist_filename(filename) == (pin.name, pin.version):
            return filename
    except InvalidSdistFilename:
        pass

    suffix = ".zip" if filename.endswith(".zip") else ".tar.gz"

    return f"{pin.name.replace('-', '_')}-{pin.version}{suffix}"


def _upload_time(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError:
        return None
