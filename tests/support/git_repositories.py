"""Real git repositories in a folder, without the machine's configuration.

repository = Repository(tmp_path / "demo")
first = repository.commit({"pyproject.toml": PROJECT})
repository.tag("v1")
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

PROJECT = '[project]\nname = "demo"\nversion = "1.0"\n'
HAS_GIT = shutil.which("git") is not None


class Repository:
    """One repository with a working folder; its default branch is ``main``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    @property
    def url(self) -> str:
        """What stands after ``git+``."""
        return self.folder.as_uri()

    def git(self, *arguments: str) -> str:
        """Run git here and return what it says."""
        settings = {
            "protocol.file.allow": "always",
            "user.email": "someone@mail.example",
            "user.name": "Someone",
            "commit.gpgSign": "false",
        }
        options = [option for key, value in settings.items() for option in ("-c", f"{key}={value}")]
        result = subprocess.run(
            ["git", *options, *arguments], cwd=self.folder, env=plain_environment(), capture_output=True,
            check=False, text=True,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr

        return result.stdout.strip()

    def commit(self, files: Mapping[str, str]) -> str:
        """Write files, commit everything and return the commit."""
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)

        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Change")

        return self.git("rev-parse", "HEAD")

    def tag(self, name: str, *, annotated: bool = False) -> None:
        """Tag what was committed last."""
        self.git("tag", *(["--annotate", "--message", name] if annotated else []), "--", name)


def plain_environment() -> dict[str, str]:
    """Return this process's environment without what configures git."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}

    return {**kept, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


@contextmanager
def git_daemon(base: Path) -> Generator[str]:
    """Serve all repositories below ``base`` on loopback; yield ``git://host:port``."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    process = subprocess.Popen(
        ["git", "daemon", "--listen=127.0.0.1", f"--port={port}", f"--base-path={base}", "--export-all",
         "--reuseaddr", "--verbose", "--informative-errors", str(base)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=plain_environment(),
        start_new_session=True,
    )  # fmt: skip

    try:
        assert process.stderr is not None
        assert b"Ready to rumble" in process.stderr.readline()
        yield f"git://127.0.0.1:{port}"
    finally:
        end_group(process)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started in a session of its own, and its children."""
    import signal

    os.killpg(process.pid, signal.SIGTERM)
    process.wait(10)

    if process.stderr is not None:
        process.stderr.close()
