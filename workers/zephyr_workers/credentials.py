"""Who we are to an index: user name and password, found once per index and sent only to its origin.

Looked up in this order: the index's URL, ``ZEPHYR_INDEX_<NAME>_USERNAME`` and ``_PASSWORD``, netrc, and
after a 401 keyring. The files of an index get its credentials when they live on the same origin (scheme,
host and port); no other origin ever does. Nothing here shows a secret in its representation.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.model.index import Index, without_credentials
from zephyr_cache.digest import sha256
from zephyr_workers.network_options import KeyringProvider
from zephyr_workers.urls import origin, split_url, user_info

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import anyio

KEYRING_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and a password."""

    username: str = field(repr=False)
    """May be a token, so it is hidden as well."""
    password: str = field(repr=False)

    @property
    def authorization(self) -> str:
        """The value of the Authorization header (RFC 7617)."""
        from base64 import b64encode

        return "Basic " + b64encode(f"{self.username}:{self.password}".encode()).decode()

    @property
    def identity(self) -> str:
        """A digest that tells logins apart without telling them."""
        return sha256(f"{self.username}\n{self.password}".encode()).hex()[:32]


@dataclass(slots=True)
class _Account:
    """What is known of one index: ``prefix`` is its URL without credentials."""

    origin: str
    prefix: str
    username: str | None = field(repr=False)
    login: Login | None
    keyring_asked: bool = False
    asking: anyio.Lock | None = None


class Credentials:
    """The logins of the indexes in use. ``keyring`` asks for a password by service and user name."""

    def __init__(
        self,
        indexes: tuple[Index, ...] = (),
        environment: Mapping[str, str] | None = None,
        keyring: Callable[[str, str | None], Login | None] | None = None,
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._keyring = keyring
        self._accounts: list[_Account] = []

        for index in indexes:
            self.add(index)

    def __repr__(self) -> str:
        return f"Credentials({[account.prefix for account in self._accounts]})"

    def add(self, index: Index) -> None:
        """Look up the login of one more index or page (nothing for ``file:`` ones)."""
        prefix = without_credentials(index.url).rstrip("/") + "/"
        known = any(account.prefix == prefix for account in self._accounts)

        if (known and user_info(index.url) is None) or not prefix.startswith(("http://", "https://")):
            return

        username, login = self._find(index)
        self._accounts.append(_Account(origin(index.url), prefix, username, login))
        self._accounts.sort(key=lambda account: -len(account.prefix))

    def login(self, url: str) -> Login | None:
        """Return what to send with a request for ``url``: of the closest index on its origin, or None."""
        # Most users have none at all.
        if all(account.login is None for account in self._accounts):
            return None

        account = self._account(url)

        return account.login if account is not None else None

    async def ask_keyring(self, url: str, refused: Login | None) -> Login | None:
        """Return another login than the one that was refused for ``url`` (401), None when there is none.

        Keyring is asked once per index, for at most `KEYRING_TIMEOUT` seconds; who asks meanwhile waits
        for the same answer.
        """
        account = self._account(url)

        if self._keyring is None or account is None:
            return None

        import anyio

        account.asking = account.asking or anyio.Lock()

        async with account.asking:
            if not account.keyring_asked:
                account.keyring_asked = True

                with anyio.move_on_after(KEYRING_TIMEOUT):
                    found = await anyio.to_thread.run_sync(
                        self._keyring, account.prefix, account.username, abandon_on_cancel=True
                    )
                    account.login = found or account.login

        return account.login if account.login != refused else None

    def _account(self, url: str) -> _Account | None:
        wanted = origin(url)
        here = [account for account in self._accounts if account.origin == wanted]
        plain = without_credentials(url)

        return next(
            (account for account in here if plain.startswith(account.prefix)), here[0] if here else None
        )

    def _find(self, index: Index) -> tuple[str | None, Login | None]:
        """Return the user name, if one is known, and the login, if it is complete."""
        written = user_info(index.url)

        if written is not None and (written[1] or not written[0]):
            return written[0], Login(*written)

        username = written[0] if written is not None else None
        name = re.sub(r"[^A-Z0-9]", "_", (index.name or "").upper())
        env_username = self._environment.get(f"ZEPHYR_INDEX_{name}_USERNAME") if name else None
        env_password = self._environment.get(f"ZEPHYR_INDEX_{name}_PASSWORD") if name else None

        if env_password or env_username:
            return env_username or username, Login(env_username or username or "", env_password or "")

        login = netrc_login(split_url(index.url).hostname or "", username, self._environment)

        return username or (login.username if login else None), login


def netrc_login(host: str, username: str | None, environment: Mapping[str, str]) -> Login | None:
    """Return the login that netrc (``NETRC``, else ``~/.netrc``) has for ``host``; None if unreadable."""
    import netrc

    path = environment.get("NETRC") or os.path.join(os.path.expanduser("~"), ".netrc")

    try:
        entry = netrc.netrc(path).authenticators(host)
    except (OSError, netrc.NetrcParseError, UnicodeDecodeError):
        return None

    if entry is None or (username and entry[0] and entry[0] != username):
        return None

    return Login(entry[0] or username or "", entry[2] or "")


def keyring_of(provider: KeyringProvider) -> Callable[[str, str | None], Login | None] | None:
    """Return what asks a keyring for a login, None where none is to be asked."""
    if provider is KeyringProvider.DISABLED:
        return None

    return lambda service, username: ask_keyring(service, username, provider)


def ask_keyring(
    service: str, username: str | None, provider: KeyringProvider = KeyringProvider.AUTO
) -> Login | None:
    """Ask keyring, in a process of its own: a backend that hangs is killed after `KEYRING_TIMEOUT` seconds.

    Blocking: for a thread. Never prompts and never raises; no answer is no login.
    """
    import subprocess

    question = ["--mode", "creds", "get", service] if username is None else ["get", service, username]

    try:
        answer = subprocess.run(
            [*keyring_command(provider), *question],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=KEYRING_TIMEOUT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None

    lines = answer.stdout.decode(errors="replace").splitlines()
    answered = lines if username is None else [username, *lines]

    return Login(answered[0], answered[1]) if len(answered) > 1 else None


def keyring_command(provider: KeyringProvider = KeyringProvider.AUTO) -> list[str]:
    """Return how to run the keyring that a provider means."""
    from importlib.util import find_spec

    beside = provider is KeyringProvider.IMPORT or (
        provider is KeyringProvider.AUTO and find_spec("keyring") is not None
    )

    return [sys.executable, "-m", "keyring"] if beside else ["keyring"]
