"""Files that are named by their address: requirements and constraints of a server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.model.index import Index, without_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr_workers.http_body import Answer
    from zephyr_workers.network_options import NetworkOptions

_LARGEST = 16 << 20
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)


def fetch_file(
    url: str, network: NetworkOptions, indexes: tuple[Index, ...], environ: Mapping[str, str]
) -> tuple[bytes, str | None]:
    """Return the bytes of a file, and the character set that its server states.

    Logins are those of the address and of ``indexes``, each for its own origin. Raises `ZephyrError` for
    what cannot be had, and for what is absurdly large.
    """
    from zephyr.pipeline.event_loop import run_in_loop
    from zephyr_workers.credentials import Credentials, keyring_of
    from zephyr_workers.http_client import HttpClient
    from zephyr_workers.http_failures import refuse_status

    shown = without_credentials(url)
    credentials = Credentials((*indexes, Index(url)), environ, keyring_of(network.keyring))

    async def ask() -> Answer:
        async with HttpClient(network, credentials, environment=environ) as client:
            return await client.get(url.partition("#")[0], {}, limit=_LARGEST, subject=shown)

    answer = run_in_loop(ask)

    if answer.status != 200:
        raise refuse_status(answer.status, answer.url, shown)

    charset = _CHARSET.search(answer.headers.get("content-type", ""))

    return answer.body, charset[1] if charset else None
