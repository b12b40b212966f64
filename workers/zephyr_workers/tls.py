"""Whom we trust: the TLS context of a client, from options, environment and operating system.

A configured bundle that cannot be read is an error: falling back to another trust store without a
word would be a decision that is not ours. The first of these counts: the option, SSL_CERT_FILE and
SSL_CERT_DIR, REQUESTS_CA_BUNDLE, PIP_CERT, the operating system's store.
"""

from __future__ import annotations

import os
import re
import ssl
import sys
from typing import TYPE_CHECKING

from zephyr_workers.network_errors import CertificateSettingInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zephyr_workers.network_options import NetworkOptions

_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")
"""How OpenSSL finds a certificate in a folder."""


def client_context(
    options: NetworkOptions, environment: Mapping[str, str], *, verified: bool = True
) -> ssl.SSLContext:
    """Return the context for one route; raise `CertificateSettingInvalid` naming the setting at fault."""
    context = _trusting(options, environment) if verified else _unverified()

    if options.client_certificate is not None:
        _load(context.load_cert_chain, "the client certificate", options.client_certificate)

    return context


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    return context


def _trusting(options: NetworkOptions, environment: Mapping[str, str]) -> ssl.SSLContext:
    bundles = _configured(options, environment)

    if not bundles:
        return _trusting_the_system()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    for setting, path in bundles:
        if os.path.isdir(path):
            _load(lambda folder: context.load_verify_locations(capath=folder), setting, path)
        else:
            _load(lambda file: context.load_verify_locations(cafile=file), setting, path)

    return context


def _trusting_the_system() -> ssl.SSLContext:
    """Return a context over the operating system's store.

    On Windows and macOS the system itself has to be asked, which truststore does. Elsewhere the store is
    OpenSSL's, if it is where OpenSSL looks: truststore would read it anew for every connection.
    """
    if sys.platform not in ("win32", "darwin") and _openssl_has_a_store():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_default_verify_paths()

        return context

    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _openssl_has_a_store() -> bool:
    places = ssl.get_default_verify_paths()

    if places.cafile:
        return True

    return bool(places.capath) and any(_HASHED.fullmatch(name) for name in os.listdir(places.capath))


def _configured(options: NetworkOptions, environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the bundles that count, each with the name of its setting."""
    if options.certificate_bundle is not None:
        return [("the certificate bundle", options.certificate_bundle)]

    for names in (("SSL_CERT_FILE", "SSL_CERT_DIR"), ("REQUESTS_CA_BUNDLE",), ("PIP_CERT",)):
        found = [(name, environment[name]) for name in names if environment.get(name)]

        if found:
            return _separated(found)

    return []


def _separated(bundles: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Split SSL_CERT_DIR, which may name several folders."""
    return [
        (name, path)
        for name, value in bundles
        for path in (value.split(os.pathsep) if name == "SSL_CERT_DIR" else [value])
    ]


def _load(load: Callable[[str], None], setting: str, path: str) -> None:
    if not os.path.exists(path):
        raise CertificateSettingInvalid(
            f"{setting} names {path}, which does not exist.",
            hint="Correct or remove the setting: Zephyr does not go on with another trust store.",
        )

    try:
        load(path)
    except (OSError, ssl.SSLError) as error:
        raise CertificateSettingInvalid(f"{setting} names {path}, which cannot be used: {error}.") from error
