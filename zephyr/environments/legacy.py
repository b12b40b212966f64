"""Distributions that setuptools and distutils installed before ``.dist-info``: seen, never written.

``name.egg-info`` is a folder with PKG-INFO or that file itself; ``name.egg`` holds ``EGG-INFO``;
``name.egg-link`` leads to a project's folder that holds its ``.egg-info`` (``setup.py develop``).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.environments.headers import identify, read_headers
from zephyr.model.environment import InstalledDistribution
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable


def read_legacy(folder: str, name: str) -> InstalledDistribution | None:
    """Return the distribution behind the entry ``name`` of ``folder``, None for anything unreadable."""
    path = f"{folder}/{name}"
    project: str | None = None

    if name.endswith(".egg-link"):
        project = _linked(path)
        metadata = _egg_info(project) if project else None
    elif name.endswith(".egg"):
        metadata = f"{path}/EGG-INFO"
    else:
        metadata = path

    if metadata is None:
        return None

    try:
        headers = read_headers(f"{metadata}/PKG-INFO" if os.path.isdir(metadata) else metadata)
    except OSError:
        headers = {}

    identity = identify(headers, name)

    if identity is None:
        return None

    display_name, version = identity

    return InstalledDistribution(
        name=canonicalize_name(display_name),
        display_name=display_name,
        version=version,
        location=folder,
        metadata_folder=name,
        installer=None,
        requested=False,
        direct_url={"url": f"file://{project}", "dir_info": {"editable": True}} if project else None,
        requires=tuple(headers.get("requires-dist", ())) or _requires(metadata),
        requires_python=headers.get("requires-python", [None])[0],
        has_record=False,
    )


def _linked(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline().strip() or None
    except OSError:
        return None


def _egg_info(project: str) -> str | None:
    try:
        names = sorted(os.listdir(project))
    except OSError:
        return None

    return next((f"{project}/{name}" for name in names if name.endswith(".egg-info")), None)


def _requires(metadata: str) -> tuple[str, ...]:
    try:
        with open(f"{metadata}/requires.txt", encoding="utf-8", errors="replace") as file:
            return parse_requires(file)
    except OSError:
        return ()


def parse_requires(lines: Iterable[str]) -> tuple[str, ...]:
    """Return setuptools' ``requires.txt`` as Requires-Dist lines: ``[extra:marker]`` becomes a marker."""
    marker = ""
    requires: list[str] = []

    for line in map(str.strip, lines):
        if line.startswith("[") and line.endswith("]"):
            extra, _, condition = line[1:-1].partition(":")
            parts = [f"({condition})"] * bool(condition) + [f'extra == "{extra}"'] * bool(extra)
            marker = f" ; {' and '.join(parts)}" if parts else ""
        elif line:
            requires.append(line + marker)

    return tuple(requires)
