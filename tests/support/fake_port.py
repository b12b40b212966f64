"""A fake index port: worlds of packages in a few words, answered from memory.

    port = FakePort()
    port.serve("a", "1.0", requires=["b>=2"])
    resolution = await port.resolve("a")
    assert pins(resolution) == {"a": "1.0", "b": "2.0"}

`served`, `listings` and `documents` count what was asked. ``order`` (a seed) makes answers arrive in a random
order; nothing sleeps.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio.lowlevel
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.wheels import core_metadata, escape
from zephyr.errors import ZephyrError
from zephyr.metadata.request import ResolveRequest, Rules
from zephyr.metadata.requirements import parse_root
from zephyr.metadata.resolve import resolve
from zephyr.model.artifact import Artifact, Listing
from zephyr.model.interpreter import Interpreter, Scheme

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from zephyr.metadata.stream import Listener
    from zephyr.model.resolution import Resolution

MARKERS = {
    "implementation_name": "cpython",
    "implementation_version": "3.11.7",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "6.1.0",
    "platform_system": "Linux",
    "platform_version": "#1 SMP",
    "python_full_version": "3.11.7",
    "python_version": "3.11",
    "sys_platform": "linux",
}
TAGS = (
    "cp311-cp311-manylinux_2_17_x86_64",
    "cp311-abi3-manylinux_2_17_x86_64",
    "cp311-none-any",
    "py311-none-any",
    "py3-none-any",
)


def interpreter(
    version: str = "3.11.7", *, tags: tuple[str, ...] = TAGS, markers: Mapping[str, str] | None = None
) -> Interpreter:
    """Return a CPython on Linux that exists in words only."""
    minor = ".".join(version.split(".")[:2])
    versions = {"python_full_version": version, "python_version": minor, "implementation_version": version}
    nowhere = Scheme("", "", "", "", "")

    return Interpreter(
        executable="/env/bin/python",
        version=version,
        implementation="cpython",
        markers={**MARKERS, **versions, **(markers or {})},
        tags=tags,
        prefix="/env",
        base_prefix="/usr",
        base_executable="/usr/bin/python3",
        scheme=nowhere,
        standard_library="",
        cache_tag=f"cpython-{minor.replace('.', '')}",
        magic="",
    )


def pins(resolution: Resolution) -> dict[str, str]:
    """Return the versions chosen, by name."""
    return {pin.name: str(pin.version) for pin in resolution.pins}


class FakePort:
    """Implements `zephyr.metadata.port.IndexPort` from memory."""

    def __init__(self, *, order: int | None = None) -> None:
        self.listings: list[str] = []
        self.documents: list[str] = []
        self._pages: dict[NormalizedName, Listing] = {}
        self._metadata: dict[str, bytes | ZephyrError] = {}
        self._failures: dict[NormalizedName, ZephyrError] = {}
        self._random = None if order is None else random.Random(order)

    def serve(
        self,
        name: str,
        version: str,
        requires: Iterable[str] = (),
        *,
        extras: Mapping[str, Iterable[str]] | None = None,
        tags: str = "py3-none-any",
        requires_python: str | None = None,
        metadata: str | bytes | ZephyrError | None = None,
        **artifact: Any,
    ) -> None:
        """Offer a wheel; further keywords are fields of its `Artifact` (``yanked``, ``hashes``...)."""
        filename = f"{escape(name)}-{version}-{tags}.whl"
        document = core_metadata(name, version, requires, extras, requires_python)
        self.add(
            name,
            Artifact(filename, f"https://files.example/{filename}", requires_python=requires_python),
            **artifact,
        )
        given = document if metadata is None else metadata
        self._metadata[filename] = given.encode() if isinstance(given, str) else given

    def serve_source(self, name: str, version: str, **artifact: Any) -> None:
        """Offer a source distribution."""
        filename = f"{escape(name)}-{version}.tar.gz"
        self.add(name, Artifact(filename, f"https://files.example/{filename}"), **artifact)

    def add(self, name: str, artifact: Artifact, **fields: Any) -> None:
        """Put a file on the project's page."""
        page = self._page(name)
        self._pages[page.name] = replace(page, artifacts=(*page.artifacts, replace(artifact, **fields)))

    def describe(self, name: str, **fields: Any) -> None:
        """Set fields of a project's `Listing` (``status``...)."""
        page = self._page(name)
        self._pages[page.name] = replace(page, **fields)

    def fail(self, name: str, error: ZephyrError) -> None:
        """Make the listing of a project unavailable."""
        self._failures[canonicalize_name(name)] = error

    def hold(self, filename: str, metadata: str) -> None:
        """Have METADATA for a file that no page lists (a direct reference)."""
        self._metadata[filename] = metadata.encode()

    async def listing(self, name: NormalizedName, /) -> Listing:
        self.listings.append(name)
        await self._delay()

        return self.page(name)

    async def metadata(self, artifact: Artifact, /) -> bytes:
        self.documents.append(artifact.filename)
        await self._delay()

        return self.document(artifact)

    def page(self, name: NormalizedName) -> Listing:
        """Return what `listing` answers, at once."""
        if name in self._failures:
            raise self._failures[name]

        return self._pages.get(name, Listing(name))

    def document(self, artifact: Artifact) -> bytes:
        """Return what `metadata` answers, at once."""
        missing = ZephyrError(f"No {artifact.filename}", id="file-missing")
        found = self._metadata.get(artifact.filename, missing)

        if isinstance(found, ZephyrError):
            raise found

        return found

    async def resolve(
        self, *requirements: str, on_decided: Listener | None = None, **request: Any
    ) -> Resolution:
        """Resolve requirements of the command line against what is served."""
        return await resolve(asked(*requirements, **request), self, on_decided=on_decided)

    def _page(self, name: str) -> Listing:
        normalised = canonicalize_name(name)

        return self._pages.get(normalised, Listing(normalised, index="https://index.example/simple/"))

    async def _delay(self) -> None:
        for _ in range(self._random.randrange(8) if self._random else 1):
            await anyio.lowlevel.checkpoint()


def asked(
    *requirements: str,
    constraints: Iterable[str] = (),
    preferred: Mapping[str, str] | None = None,
    hashes: Mapping[str, Iterable[str]] | None = None,
    python: str = "3.11.7",
    tags: tuple[str, ...] = TAGS,
    **rules: Any,
) -> ResolveRequest:
    """Return a request; further keywords are fields of `Rules`."""
    roots = (parse_root(text, "command line") for text in requirements)
    allowed = {name: frozenset(values) for name, values in (hashes or {}).items()}

    return ResolveRequest(
        tuple(replace(root, hashes=allowed.get(root.requirement.name, frozenset())) for root in roots),
        interpreter(python, tags=tags),
        tuple(
            parse_root(text, f"constraints.txt line {number}") for number, text in enumerate(constraints, 1)
        ),
        Rules(**rules),
        {canonicalize_name(name): Version(version) for name, version in (preferred or {}).items()},
    )


class Store:
    """Stored facts: what a fake port would answer, but for what is ``missing``."""

    def __init__(self, port: FakePort, missing: str | None = None) -> None:
        self._port = port
        self._missing = missing

    def stored_listing(self, name: NormalizedName, /) -> Listing | None:
        return None if name == self._missing else self._port.page(name)

    def stored_metadata(self, artifact: Artifact, /) -> bytes | None:
        return None if artifact.filename == self._missing else self._port.document(artifact)
