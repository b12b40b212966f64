"""What the git repository around a folder says of it: remote, commit, and where in it the folder lies."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr_workers.git_environment import git_environment, local_environment

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME_LIMIT = 30.0
"""Seconds for one command; none of them meets the network."""
ADDRESS = re.compile(r"\w+://")
SHORT_ADDRESS = re.compile(r"(?P<place>(\w[\w.-]*@)?[\w.-]+):(?P<path>.*[^:])")
"""``user@host:path``, as ssh and git write it."""


@dataclass(frozen=True, slots=True)
class GitState:
    """A folder within a repository."""

    remote: str | None
    """The address of ``origin``, else of the first remote, as git has it; None without any."""
    url: str | None
    """The same as a URL, None where it is none."""
    commit: str
    """The hexadecimal name of what is checked out."""
    subdirectory: str = ""
    """Where the folder lies in the repository, with ``/``; empty for its top."""


def git_state_of(folder: str, environ: Mapping[str, str]) -> GitState | None:
    """Return the state of the repository that ``folder`` lies in; None where there is none, or no git.

    Blocking; asks git, and changes nothing.
    """
    top = _asked(folder, environ, "rev-parse", "--show-toplevel")
    commit = _asked(folder, environ, "rev-parse", "HEAD")

    if not top or not commit:
        return None

    # git leaves with 1 where there is no remote.
    lines = (_asked(folder, environ, "config", "--get-regexp", r"remote\..*\.url") or "").splitlines()
    remotes = dict(line.split(" ", 1) for line in lines)
    remote = remotes.get("remote.origin.url", next(iter(remotes.values()), None))
    inside = os.path.relpath(os.path.realpath(folder), os.path.realpath(top)).replace(os.sep, "/")

    return GitState(remote, url_of(remote) if remote else None, commit, "" if inside == "." else inside)


def url_of(remote: str) -> str | None:
    """Return a remote's address as a URL: it may be one, a folder, or ``user@host:path``; else None."""
    if ADDRESS.match(remote):
        return remote

    if os.path.exists(remote):
        return Path(os.path.abspath(remote)).as_uri()

    short = SHORT_ADDRESS.fullmatch(remote)

    return f"ssh://{short['place']}/{short['path'].lstrip('/')}" if short else None


def _asked(folder: str, environ: Mapping[str, str], *arguments: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", "-C", folder, *arguments],
            env=local_environment(git_environment(environ, folder)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=TIME_LIMIT,
        )
    except (OSError, subprocess.SubprocessError):
        return None

    return os.fsdecode(answer.stdout).strip()
