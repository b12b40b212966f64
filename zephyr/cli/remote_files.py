"""Gets requirements and constraints files that are named by their address."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.cli.option_values import network_of, sources_of
from zephyr.metadata.requirements_file import RequirementsFile

if TYPE_CHECKING:
    from zephyr.cli.options import NetworkOptionsGroup, SourceOptions
    from zephyr.metadata.requirements_file import Fetch


def fetcher(network: NetworkOptionsGroup, sources: SourceOptions) -> Fetch:
    """Return what fetches with the network and the logins of one command; nothing is opened before."""

    def fetch(url: str) -> tuple[bytes, str | None]:
        from zephyr.pipeline.remote_file import fetch_file

        nothing = RequirementsFile()
        options = network_of(network, sources, nothing)

        return fetch_file(url, options, sources_of(sources, nothing).indexes, os.environ)

    return fetch
