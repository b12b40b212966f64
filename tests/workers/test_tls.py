from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from zephyr_workers.network_errors import CertificateSettingInvalid
from zephyr_workers.network_options import NetworkOptions
from zephyr_workers.tls import client_context

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PIP_CERT"])
def test_a_bundle_that_is_missing_fails_closed(name: str, tmp_path: Path) -> None:
    with pytest.raises(CertificateSettingInvalid, match=f"{name} names .*missing") as caught:
        client_context(NetworkOptions(), {name: str(tmp_path / "missing")})

    assert caught.value.hint


def test_a_bundle_that_holds_nothing_fails_closed(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")

    with pytest.raises(CertificateSettingInvalid, match="cannot be used"):
        client_context(NetworkOptions(), {"SSL_CERT_FILE": str(empty)})


def test_the_option_wins_over_the_environment(tmp_path: Path) -> None:
    options = NetworkOptions(certificate_bundle=str(tmp_path))
    context = client_context(options, {"SSL_CERT_FILE": str(tmp_path / "missing")})

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_folder_of_certificates_is_taken(tmp_path: Path) -> None:
    context = client_context(NetworkOptions(), {"SSL_CERT_DIR": f"{tmp_path}:{tmp_path}"})

    assert context.verify_mode is ssl.CERT_REQUIRED


def test_a_client_certificate_that_is_missing_is_named(tmp_path: Path) -> None:
    options = NetworkOptions(certificate_bundle=str(tmp_path), client_certificate="/missing/client.pem")

    with pytest.raises(CertificateSettingInvalid, match=r"client certificate names /missing/client\.pem"):
        client_context(options, {})


def test_without_settings_the_systems_store_verifies() -> None:
    context = client_context(NetworkOptions(), {})

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_trusted_host_is_not_verified() -> None:
    context = client_context(NetworkOptions(), {"SSL_CERT_FILE": "/missing"}, verified=False)

    assert context.verify_mode is ssl.CERT_NONE
