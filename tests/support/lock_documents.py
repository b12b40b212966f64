"""Lock documents in a line or two.

    document(
        entry("idna", "3.10"),
        entry("numpy", "2.0", wheels=["cp312-cp312-win_amd64"], marker="sys_platform == 'win32'"),
        extras=["docs"],
    )

An entry has one wheel for everywhere and a source archive unless it is told otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.markers import Marker
from packaging.pylock import Package, PackageDirectory, PackageSdist, PackageVcs, PackageWheel, Pylock
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHA256 = "ab" * 32
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = "https://files.example"


def environment(python: str = "3.12.1", platform: str = "linux", machine: str = "x86_64") -> dict[str, str]:
    """Return the markers of a CPython."""
    return {
        "implementation_name": "cpython",
        "implementation_version": python,
        "os_name": "nt" if platform == "win32" else "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[platform],
        "platform_version": "",
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "sys_platform": platform,
    }


def wheel(project: str, version: str, tags: str = "py3-none-any", **others: Any) -> PackageWheel:
    """Return a wheel; ``tags`` may begin with a build number, ``2-py3-none-any``."""
    filename = f"{project.replace('-', '_')}-{version}-{tags}.whl"

    return PackageWheel(**_file(filename) | others)


def sdist(project: str, version: str, **others: Any) -> PackageSdist:
    """Return a source archive."""
    filename = f"{project.replace('-', '_')}-{version}.tar.gz"

    return PackageSdist(**_file(filename) | others)


def _file(filename: str) -> dict[str, Any]:
    return {"name": filename, "url": f"{FILES}/{filename}", "hashes": {"sha256": SHA256}}


def entry(
    name: str,
    version: str,
    *,
    marker: str | None = None,
    wheels: Sequence[str | PackageWheel] = ("py3-none-any",),
    source: bool = True,
    python: str | None = None,
    needs: Sequence[Mapping[str, Any]] = (),
    **others: Any,
) -> Package:
    """Return an entry; ``wheels`` by their tags, ``source`` whether there is a source archive."""
    fields: dict[str, Any] = {"sdist": sdist(name, version) if source else None}
    fields["wheels"] = [
        wheel(name, version, given) if isinstance(given, str) else given for given in wheels
    ] or None

    return Package(
        name=canonicalize_name(name),
        version=Version(version),
        marker=Marker(marker) if marker is not None else None,
        requires_python=SpecifierSet(python) if python is not None else None,
        dependencies=[dict(need) for need in needs] or None,
        **fields | others,
    )


def folder(name: str, path: str, **others: Any) -> Package:
    """Return an entry that is a folder."""
    return Package(name=canonicalize_name(name), directory=PackageDirectory(path=path, **others))


def repository(name: str, version: str, commit: str = COMMIT, **others: Any) -> Package:
    """Return an entry that is a commit of a git repository."""
    fields: dict[str, Any] = {"type": "git", "url": f"https://git.example/{name}", "commit_id": commit}
    vcs = PackageVcs(**fields | others)

    return Package(name=canonicalize_name(name), version=Version(version), vcs=vcs)


def document(
    *packages: Package, python: str | None = None, environments: Sequence[str] = (), **others: Any
) -> Pylock:
    """Return a document of these entries, as it is made by Zephyr."""
    fields: dict[str, Any] = {"lock_version": Version("1.0"), "created_by": "zephyr"}

    return Pylock(
        packages=list(packages),
        requires_python=SpecifierSet(python) if python is not None else None,
        environments=[Marker(text) for text in environments] or None,
        **fields | others,
    )
