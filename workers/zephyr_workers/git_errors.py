"""What can go wrong with git, and what of its words may be shown."""

from __future__ import annotations

import re

from zephyr.errors import ZephyrError
from zephyr_workers.wheel_errors import visible

_LAST_LINES = 8
_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")
_USER_INFO = re.compile(r"(?<=://)[^\s/'\"<>]*@")

_HINTS = (
    (
        r"Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|error: 40[13]",
        "Set up a credential helper for this host (git config credential.helper), or use git+ssh://.",
    ),
    (
        r"Host key verification failed",
        "Connect once by hand with ssh, to see and accept the host's key, then try again.",
    ),
    (
        r"Permission denied \(",
        "Load a key that the host knows into the ssh agent (ssh-add), then try again.",
    ),
    (
        r"dubious ownership",
        "It belongs to another user: trust it with git config --global --add safe.directory PATH.",
    ),
    (
        r"(?i)could not resolve|timed out|connection refused|(?:unable|failed|couldn't) (?:to )?connect",
        "Check the network and the host.",
    ),
    (
        r"(?i)not (?:found|exported)|does not (?:exist|appear to be a git repository)|no such repository",
        "Check the address, and that you may read the repository.",
    ),
    (
        r"would be overwritten",
        "Commit or put aside what you changed there (git stash), then try again.",
    ),
    (
        r"transport 'file' not allowed",  # As where url.<base>.insteadOf leads from a host to a folder.
        "Ask for a folder of this machine by its file:// address, or mirror the host by https, ssh or git.",
    ),
    (r"transport '[^']*' not allowed", "Only https, http, ssh, git and file addresses are followed."),
    (
        r"git-lfs.*not found|git: 'lfs' is not",
        "The repository keeps files in git-lfs: install it, or set GIT_LFS_SKIP_SMUDGE=1.",
    ),
)


class GitError(ZephyrError):
    """Anything that keeps a repository from being fetched."""

    id = "git-failed"


class GitMissing(GitError):
    """Raised when there is no ``git`` program on the path."""

    id = "git-missing"


class GitFailed(GitError):
    """Raised when git gives up; ``details`` has its last lines, without secrets."""

    id = "git-failed"


class GitTimeout(GitError):
    """Raised when git took longer than it may, or sent nothing for too long; it has been ended."""

    id = "git-timeout"


class GitReferenceMissing(GitError):
    """Raised when a repository has no such branch, tag or commit; the hint names near ones."""

    id = "git-reference-missing"


class GitSubdirectoryMissing(GitError):
    """Raised when a commit has no such folder, or it leads out of the repository."""

    id = "git-subdirectory-missing"


class WorkingCopyInTheWay(GitError):
    """Raised where the folder for a working copy holds something that is not ours to change."""

    id = "git-working-copy-in-the-way"


def failed(shown: str, action: str, status: int, output: str, secrets: tuple[str, ...]) -> GitFailed:
    """Make the error for a git that ended with ``status``; ``action`` completes "Git could not …"."""
    words = last_lines(output, secrets)
    text = "\n".join(words)
    hint = next((hint for pattern, hint in _HINTS if re.search(pattern, text)), None)

    return GitFailed(f"Git could not {action} {shown} (exit code {status}).", hint=hint, details=words)


def last_lines(output: str, secrets: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the last lines of an output for a terminal: escaped, without user information and secrets."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        output = output.replace(secret, "…")

    output = _USER_INFO.sub("", _ESCAPE_SEQUENCE.sub("", output))
    lines = [line.rpartition("\r")[2].rstrip() for line in output.replace("\r\n", "\n").split("\n")]

    return tuple(visible(line) for line in lines if line)[-_LAST_LINES:]
