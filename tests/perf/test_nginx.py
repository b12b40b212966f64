from __future__ import annotations

from zephyr_perf.nginx import Ports, configuration

PORTS = Ports(8001, 8002, 8003)
CERTIFICATE = ("/srv/certificate.pem", "/srv/key.pem")


def test_what_a_tree_lacks_is_asked_of_the_mirror() -> None:
    text = configuration("/srv/trees", "/srv/run", "/srv/log", PORTS, None, has_mirror=True)

    assert text.count("@mirror; ") == 3
    assert "proxy_pass http://127.0.0.1:8003;" in text


def test_without_a_mirror_it_is_not_there() -> None:
    text = configuration("/srv/trees", "/srv/run", "/srv/log", PORTS, None, has_mirror=False)

    assert text.count(" =404; ") == 3
    assert "@mirror; " not in text


def test_a_certificate_opens_a_port_for_tls() -> None:
    text = configuration("/srv/trees", "/srv/run", "/srv/log", PORTS, CERTIFICATE, has_mirror=True)

    assert "listen 127.0.0.1:8002 ssl http2; ssl_certificate /srv/certificate.pem;" in text
