"""An index client on loopback whose waits take no time.

async with network(fake_index, folder) as net:
    listing = await net.client.listing("demo")
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from zephyr.model.index import Index, Sources
from zephyr_cache import Cache
from zephyr_workers.credentials import Credentials
from zephyr_workers.http_client import HttpClient
from zephyr_workers.index_client import IndexClient
from zephyr_workers.network_options import NetworkOptions
from zephyr_workers.retry import Retrier, RetryPolicy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping
    from pathlib import Path

    from tests.support.fake_index import FakeIndex
    from zephyr.model.artifact import Artifact, Listing
    from zephyr_workers.credentials import Login


@dataclass
class Network:
    """A client, what it stands on, and the waits it would have made (seconds)."""

    client: IndexClient
    http: HttpClient
    cache: Cache
    folder: Path
    waits: list[float] = field(default_factory=list[float])

    async def only(self, name: str) -> Artifact:
        """Return the single file listed for a project."""
        (artifact,) = (await self.client.listing(name_of(name))).artifacts

        return artifact

    async def metadata(self, name: str) -> bytes:
        """Return METADATA of the single file of a project."""
        return await self.client.metadata(await self.only(name))

    async def download(self, name: str) -> Any:
        """Download the single file of a project."""
        return await self.client.download(await self.only(name), str(self.folder))

    async def stored(self, name: str) -> Listing | None:
        """Return what a warm run would know of a project, in a thread."""
        return await anyio.to_thread.run_sync(self.client.stored_listing, name_of(name))


def name_of(text: str) -> Any:
    """Be a `NormalizedName` without the ceremony."""
    return text


@asynccontextmanager
async def network(
    sources: FakeIndex | Sources | str,
    folder: Path,
    *,
    refresh: bool = False,
    environment: Mapping[str, str] | None = None,
    keyring: Callable[[str, str | None], Login | None] | None = None,
    **options: Any,
) -> AsyncGenerator[Network, None]:
    """Open a client for one index or for ``sources``; the cache in ``folder`` outlives it.

    ``options`` are those of `NetworkOptions`.
    """
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    chosen = replace(NetworkOptions(timeout=5.0), **options)
    variables: Mapping[str, str] = environment or {}
    retrier = Retrier(RetryPolicy(retries=chosen.retries), sleep=sleep, chance=lambda: 0.0)
    credentials = Credentials(environment=variables, keyring=keyring)
    landing = folder / "landing"
    landing.mkdir(exist_ok=True)

    with Cache.open(str(folder / "cache")) as cache:
        async with HttpClient(chosen, credentials, environment=variables, retrier=retrier) as http:
            make = partial(IndexClient, _sources(sources), http, cache, refresh=refresh)

            async with await anyio.to_thread.run_sync(make) as client:
                yield Network(client, http, cache, landing, waits)


def _sources(sources: FakeIndex | Sources | str) -> Sources:
    if isinstance(sources, Sources):
        return sources

    return Sources((Index(sources if isinstance(sources, str) else sources.url),))
