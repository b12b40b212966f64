"""``zephyr freeze``: what is installed as lines of a requirements file, in the order of another one."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from zephyr.model.environment import InstalledDistribution
    from zephyr_workers.git_state import GitState

ADDED = "## The following requirements were added by pip freeze:"
"""What pip writes between what a file asks for and the rest; scripts look for it."""

COMMENT = re.compile(r"(^|\s+)#.*$")
EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
KEPT = (
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-f",
    "--find-links",
    "-i",
    "--index-url",
    "--pre",
    "--trusted-host",
    "--process-dependency-links",
    "--extra-index-url",
    "--use-feature",
)
"""Options of a requirements file that are written as they stand."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """An installed distribution as a requirement."""

    name: str
    """As METADATA spells it."""
    lines: tuple[str, ...]
    """Comments, and the requirement itself at last."""


@dataclass(slots=True)
class Freeze:
    """The lines to write, and what a user should know of them."""

    lines: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])


def frozen(distribution: InstalledDistribution, git_state: Callable[[str], GitState | None]) -> Frozen:
    """Return a distribution as a requirement: by version, by place (PEP 610), or editable.

    ``git_state`` tells which repository a folder is part of, None where it is in none.
    """
    name = distribution.display_name

    if distribution.is_editable:
        return Frozen(name, _editable(distribution, git_state))

    return Frozen(name, (_direct(distribution) or _versioned(distribution),))


def _versioned(distribution: InstalledDistribution) -> str:
    return f"{distribution.display_name}=={distribution.version}"


def _direct(distribution: InstalledDistribution) -> str | None:
    """Return ``name @ URL``, None where nothing valid says that a distribution came from a place."""
    if distribution.direct_url is None:
        return None

    from packaging.direct_url import DirectUrl, DirectUrlValidationError

    try:
        url = DirectUrl.from_dict(distribution.direct_url)
    except DirectUrlValidationError:
        return None

    location = url.url
    fragments: list[str] = []

    if url.vcs_info is not None:
        location = f"{url.vcs_info.vcs}+{location}@{url.vcs_info.commit_id}"
    elif url.archive_info is not None and url.archive_info.hashes:
        algorithm, digest = next(iter(url.archive_info.hashes.items()))
        fragments.append(f"{algorithm}={digest}")

    if url.subdirectory:
        fragments.append(f"subdirectory={url.subdirectory}")

    return f"{distribution.display_name} @ {location}{'#' * bool(fragments)}{'&'.join(fragments)}"


def _editable(
    distribution: InstalledDistribution, git_state: Callable[[str], GitState | None]
) -> tuple[str, ...]:
    """Return an editable install by its repository where it has one with a remote, else by its folder."""
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    url = str((distribution.direct_url or {}).get("url", ""))
    folder = os.path.abspath(url2pathname(urlsplit(url).path))
    state = git_state(folder)
    version = _versioned(distribution)

    if state is None:
        return f"# Editable install with no version control ({version})", f"-e {folder}"

    if state.remote is None:
        return f"# Editable Git install with no remote ({version})", f"-e {folder}"

    if state.url is None:
        return (
            f"# Editable Git install ({version}) with either a deleted local remote or invalid URI:",
            f"# '{state.remote}'",
            f"-e {folder}",
        )

    subdirectory = f"&subdirectory={state.subdirectory}" if state.subdirectory else ""
    egg = distribution.display_name.replace("-", "_")

    return (f"-e git+{state.url}@{state.commit}#egg={egg}{subdirectory}",)


def freeze_lines(
    found: Iterable[Frozen], files: Mapping[str, Sequence[str]], left_out: frozenset[NormalizedName]
) -> Freeze:
    """Return the lines for what was ``found``; first in the order of ``files``, by path their lines.

    Comments, blank lines and options of the files are kept, requirements of what is not installed are
    left out with a warning. ``left_out`` are names that are not added of one's own accord.
    """
    freeze = Freeze()
    rest = {canonicalize_name(one.name): one for one in found}

    if files:
        _in_order(rest, files, freeze)
        freeze.lines.append(ADDED)

    for one in sorted(rest.values(), key=lambda one: one.name.lower()):
        if canonicalize_name(one.name) not in left_out:
            freeze.lines += one.lines

    return freeze


def _in_order(rest: dict[NormalizedName, Frozen], files: Mapping[str, Sequence[str]], freeze: Freeze) -> None:
    """Write what the files name, and take it out of ``rest``."""
    written: set[str] = set()
    places: defaultdict[str, list[str]] = defaultdict(list)

    for path, line in ((path, line) for path, lines in files.items() for line in lines):
        if _is_kept(line):
            if line.rstrip() not in written:
                written.add(line.rstrip())
                freeze.lines.append(line.rstrip())

            continue

        text = COMMENT.sub("", line).strip()
        name = named_by(text)

        if name is None:
            freeze.warnings.append(
                f"Skipping line in requirement file [{path}] because it's not clear what it would install: "
                f"{text} (add #egg=PackageName to the URL to avoid this warning)"
            )
        elif found := rest.pop(canonicalize_name(name), None):
            freeze.lines += found.lines
            places[name].append(path)
        elif name in places:
            places[name].append(path)
        else:
            freeze.warnings.append(
                f"Requirement file [{path}] contains {text}, but package {name!r} is not installed"
            )

    freeze.warnings += [
        f"Requirement {name} included multiple times [{', '.join(sorted(set(paths)))}]"
        for name, paths in places.items()
        if len(paths) > 1
    ]


def _is_kept(line: str) -> bool:
    return not line.strip() or line.strip().startswith("#") or line.startswith(KEPT)


def named_by(text: str) -> str | None:
    """Return the name of the project that a line of a requirements file asks for, None where it has none."""
    for option in ("--editable", "-e"):
        if text.startswith(option):
            text = text.removeprefix(option).lstrip(" =")

    # Options of a requirement (--hash) stand behind it.
    text = re.split(r"\s--?[a-zA-Z]", text)[0].rstrip(" \\")

    if egg := EGG.search(text):
        return egg[1]

    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text).name
    except InvalidRequirement:
        return None


def read_lines(paths: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each file's path and lines. Raises OSError."""
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as file:
            yield path, file.read().splitlines()
