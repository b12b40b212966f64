"""What went wrong, in our words: statuses and httpx's exceptions as typed errors or reasons to retry."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zephyr.model.index import without_credentials
from zephyr_workers.network_errors import (
    CertificateInvalid,
    ContradictoryFraming,
    IndexRefused,
    IndexUnauthorised,
    InvalidUrl,
)
from zephyr_workers.retry import RETRIED_STATUSES, Transient, parse_retry_after
from zephyr_workers.urls import host

if TYPE_CHECKING:
    from collections.abc import Generator

    import httpx

MAX_HEADERS = 256


def refuse_status(status: int, url: str, subject: str) -> IndexRefused:
    """Return the error for a status that means neither success nor absence."""
    reason = "is withheld for legal reasons" if status == 451 else "cannot be had"

    return IndexRefused(f"{subject} {reason}: {host(url)} answered {status} for {without_credentials(url)}.")


def check_answer(response: httpx.Response) -> None:
    """Raise for an answer that is worth another attempt, wants credentials or contradicts itself."""
    status, url = response.status_code, str(response.url)

    if status in RETRIED_STATUSES:
        wish = parse_retry_after(response.headers.get("retry-after"), time.time())
        raise Transient(f"{host(url)} answered {status}", wish)

    if status in (401, 403, 407):
        raise IndexUnauthorised(
            f"{host(url)} refuses access to {without_credentials(url)} ({status}).",
            hint="Give credentials in ZEPHYR_INDEX_<NAME>_USERNAME and _PASSWORD, netrc, keyring or the URL.",
        )

    if len(response.headers) > MAX_HEADERS:
        raise ContradictoryFraming(f"{host(url)} answered with more than {MAX_HEADERS} headers.")


@contextmanager
def translated(url: str) -> Generator[None, None, None]:
    """Turn httpx's exceptions into `Transient` or an error of ours; none of them shows an address whole."""
    import httpx

    try:
        yield
    except httpx.TimeoutException as error:
        raise Transient(f"{host(url)} did not answer in time ({type(error).__name__})") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise InvalidUrl(f"{without_credentials(url)[:200]!a} is not a usable http(s) address.") from error
    except httpx.DecodingError as error:
        raise Transient(f"{host(url)} sent a body that cannot be decoded") from error
    except httpx.HTTPError as error:
        failure = _tls_failure(error)

        if failure is not None:
            raise CertificateInvalid(
                f"{host(url)} cannot be trusted: {failure}.",
                hint="For an authority of your own, name its bundle in SSL_CERT_FILE; a server without TLS"
                " has an http:// address.",
            ) from error

        raise Transient(f"{host(url)}: {_plain(error)}") from error


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


def _plain(error: httpx.HTTPError) -> str:
    """Say what happened in the library's words, or by the kind of error where it has none."""
    cause = error.__cause__.__cause__ if error.__cause__ is not None else None

    return str(error) or str(cause or "") or f"the connection failed ({type(error).__name__})"
