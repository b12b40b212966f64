"""The environment that git runs in: it never prompts, runs no hook, and follows only known protocols.

The user's own configuration stays in force where it helps (credential helpers, proxies, certificates,
``url.*.insteadOf``); what is set here comes after it and wins. Passwords travel in the environment,
which other users cannot read, and neither in arguments nor in files.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

SSH_COMMAND = "ssh -o BatchMode=yes -o ConnectTimeout=30"
"""How ssh is run where neither the environment nor the configuration of the user says so."""
STALLED = 60
"""Seconds with next to no byte from an http(s) server, after which git gives up."""

_PROTOCOLS = ("git", "http", "https", "ssh")
_OF_ANOTHER_REPOSITORY = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_CEILING_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_DIR",
        "GIT_EXTERNAL_DIFF",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_TEMPLATE_DIR",
        "GIT_TRACE",
        "GIT_TRACE_CURL",
        "GIT_TRACE_PACKET",
        "GIT_WORK_TREE",
    }
)
"""Set where Zephyr itself is run by git (hooks, aliases), or traces that would show secrets."""
_SETTINGS = (
    ("advice.detachedHead", "false"),
    ("core.autocrlf", "false"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.protectHFS", "true"),
    ("core.protectNTFS", "true"),
    ("credential.interactive", "false"),
    # Packs appear whole or not at all, so that an object that is there is there with its history.
    ("fetch.unpackLimit", "1"),
    ("fetch.recurseSubmodules", "false"),
    ("gc.auto", "0"),
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", str(STALLED)),
    ("maintenance.auto", "false"),
    ("protocol.ext.allow", "never"),
    ("submodule.recurse", "false"),
)
_GIVES_LOGIN = (
    '!f() { test "$1" = get || exit 0;'
    ' printf "username=%s\\n" "$ZEPHYR_GIT_USERNAME"; printf "password=%s\\n" "$ZEPHYR_GIT_PASSWORD"; }; f'
)
"""A credential helper: git asks it when a server of this origin wants to know who we are."""


def git_environment(environ: Mapping[str, str], given: str) -> dict[str, str]:
    """Return the environment for work with the repository at ``given`` (with its credentials).

    Repositories on this machine may lead to others there (submodules); those elsewhere may not.
    """
    scheme = urlsplit(given).scheme
    protocols = {*_PROTOCOLS, "file"} if scheme == "file" else set(_PROTOCOLS)
    allowed = environ.get("GIT_ALLOW_PROTOCOL")
    protocols &= set(allowed.split(":")) if allowed is not None else protocols

    settings = (*_SETTINGS, *_login_settings(given))
    number = _number(environ.get("GIT_CONFIG_COUNT"))
    result = {name: value for name, value in environ.items() if name not in _OF_ANOTHER_REPOSITORY}
    result |= {f"GIT_CONFIG_KEY_{number + i}": key for i, (key, _) in enumerate(settings)}
    result |= {f"GIT_CONFIG_VALUE_{number + i}": value for i, (_, value) in enumerate(settings)}
    result |= {
        "GIT_ALLOW_PROTOCOL": ":".join(sorted(protocols)),
        "GIT_ASKPASS": "",
        "GIT_CONFIG_COUNT": str(number + len(settings)),
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GCM_INTERACTIVE": "never",
        "LC_ALL": "C",
        "SSH_ASKPASS_REQUIRE": "never",
    }

    username, password = login_of(given) if scheme in {"http", "https"} else (None, None)

    if username is not None:
        result |= {"ZEPHYR_GIT_USERNAME": username, "ZEPHYR_GIT_PASSWORD": password or ""}

    return result


def chooses_ssh(environ: Mapping[str, str]) -> bool:
    """Say whether the environment already says how ssh is run."""
    return bool(environ.get("GIT_SSH_COMMAND") or environ.get("GIT_SSH"))


def local_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the same environment for work between folders of this machine."""
    return {**environment, "GIT_ALLOW_PROTOCOL": "file"}


def login_of(given: str) -> tuple[str | None, str | None]:
    """Return user name and password written into an address, percent-decoded."""
    parts = urlsplit(given)
    username = unquote(parts.username) if parts.username is not None else None

    return username, unquote(parts.password) if parts.password is not None else None


def secrets_of(given: str) -> tuple[str, ...]:
    """Return every spelling of the credentials in an address, for redaction."""
    parts = urlsplit(given)
    written = [text for text in (parts.password, parts.username) if text and text != "git"]
    plain = [unquote(text) for text in written]

    return tuple({*written, *plain, *(quote(text, safe="") for text in plain)})


def _login_settings(given: str) -> tuple[tuple[str, str], ...]:
    parts = urlsplit(given)
    username, password = login_of(given)

    if parts.scheme not in {"http", "https"} or username is None:
        return ()

    key = f"credential.{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    if password is None:
        # A bare user name: helpers of the user may know its password, else it is a token by itself.
        return ((f"{key}.username", username), (f"{key}.helper", _GIVES_LOGIN))

    # An empty helper forgets all others: none of them is asked, and none of them is told this login.
    return ((f"{key}.helper", ""), (f"{key}.helper", _GIVES_LOGIN))


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else 0
