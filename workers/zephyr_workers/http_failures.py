"""What went wrong, in our words: statuses and failures as typed errors or reasons to try again."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from zephyr.model.index import without_credentials
from zephyr_workers.http_head import ContradictoryHead, ProtocolViolation
from zephyr_workers.network_errors import (
    CertificateInvalid,
    ContradictoryFraming,
    IndexRefused,
    IndexUnauthorised,
)
from zephyr_workers.retry import RETRIED_STATUSES, Transient, parse_retry_after
from zephyr_workers.urls import host

if TYPE_CHECKING:
    from zephyr_workers.http_message import Response

FAILURES = (OSError, ProtocolViolation)
"""What a `Transport` raises."""


def refuse_status(status: int, url: str, subject: str) -> IndexRefused:
    """Return the error for a status that means neither success nor absence."""
    reason = "is withheld for legal reasons" if status == 451 else "cannot be had"

    return IndexRefused(f"{subject} {reason}: {host(url)} answered {status} for {without_credentials(url)}.")


def check_answer(url: str, response: Response) -> None:
    """Raise for an answer that is worth another attempt or wants credentials."""
    if response.status in RETRIED_STATUSES:
        wish = parse_retry_after(response.headers.get("retry-after"), time.time())
        raise Transient(f"{host(url)} answered {response.status}", wish)

    if response.status in (401, 403, 407):
        raise IndexUnauthorised(
            f"{host(url)} refuses access to {without_credentials(url)} ({response.status}).",
            hint="Give credentials in ZEPHYR_INDEX_<NAME>_USERNAME and _PASSWORD, netrc, keyring or the URL.",
        )


def failure_of(url: str, error: Exception) -> Exception:
    """Return what to raise for one of `FAILURES`: `Transient`, or an error that no other attempt changes.

    None of them shows an address whole.
    """
    if isinstance(error, TimeoutError):
        return Transient(f"{host(url)} did not answer in time")

    if isinstance(error, ContradictoryHead):
        return ContradictoryFraming(f"{host(url)} is not to be believed: {error}.")

    if isinstance(error, ProtocolViolation):
        return Transient(f"{host(url)} breaks the protocol: {error}")

    failure = _tls_failure(error)

    if failure is None:
        return Transient(f"{host(url)}: {_plain(error)}")

    return CertificateInvalid(
        f"{host(url)} cannot be trusted: {failure}.",
        hint="For an authority of your own, name its bundle in SSL_CERT_FILE; a server without TLS"
        " has an http:// address.",
    )


def _tls_failure(error: BaseException) -> str | None:
    """Return what the TLS library said, if it is the reason of ``error``."""
    import ssl

    seen: BaseException | None = error

    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return seen.verify_message

        if isinstance(seen, ssl.SSLError) and not isinstance(seen, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return seen.reason or "the TLS handshake failed"

        seen = seen.__cause__ or seen.__context__

    return None


def _plain(error: Exception) -> str:
    """Say what happened in the system's words, or by the kind of error where there are none."""
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)  # that of an event loop shows the call instead

    words = error.strerror if isinstance(error, OSError) else None

    return words or str(error) or f"the connection failed ({type(error).__name__})"
