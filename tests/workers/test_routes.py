from __future__ import annotations

import pytest

from zephyr_workers.network_errors import InvalidUrl, ProxyInvalid
from zephyr_workers.network_options import NetworkOptions
from zephyr_workers.routes import Route, choose_route
from zephyr_workers.urls import host, origin, user_info

PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("url", "variables", "proxy"),
    [
        ("https://a.example/", {}, None),
        ("https://a.example/", {"HTTPS_PROXY": PROXY}, PROXY),
        ("https://a.example/", {"https_proxy": PROXY, "HTTPS_PROXY": "http://other.example"}, PROXY),
        ("https://a.example/", {"HTTP_PROXY": PROXY}, None),
        ("http://a.example/", {"HTTP_PROXY": PROXY}, PROXY),
        ("http://a.example/", {"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}, None),
        ("http://a.example/", {"ALL_PROXY": PROXY}, PROXY),
        ("http://a.example/", {"all_proxy": "proxy.example:3128"}, PROXY),
        ("http://a.example/", {"HTTP_PROXY": PROXY, "NO_PROXY": "*"}, None),
        ("http://a.example/", {"HTTP_PROXY": PROXY, "NO_PROXY": "b.example, a.example"}, None),
        ("http://x.a.example/", {"HTTP_PROXY": PROXY, "no_proxy": "a.example"}, None),
        ("http://x.a.example/", {"HTTP_PROXY": PROXY, "no_proxy": ".a.example"}, None),
        ("http://x.a.example/", {"HTTP_PROXY": PROXY, "no_proxy": "*.a.example"}, None),
        ("http://xa.example/", {"HTTP_PROXY": PROXY, "no_proxy": "a.example"}, PROXY),
        ("http://a.example:81/", {"HTTP_PROXY": PROXY, "no_proxy": "a.example:81"}, None),
        ("http://a.example:82/", {"HTTP_PROXY": PROXY, "no_proxy": "a.example:81"}, PROXY),
        ("http://10.1.2.3/", {"HTTP_PROXY": PROXY, "no_proxy": "10.0.0.0/8"}, None),
        ("http://11.1.2.3/", {"HTTP_PROXY": PROXY, "no_proxy": "10.0.0.0/8"}, PROXY),
        ("http://[::1]/", {"HTTP_PROXY": PROXY, "no_proxy": "[::1]"}, None),
        ("http://a.example/", {"HTTP_PROXY": PROXY, "no_proxy": "nonsense/8,,"}, PROXY),
    ],
)
def test_the_environment_chooses_the_proxy(url: str, variables: dict[str, str], proxy: str | None) -> None:
    assert choose_route(url, NetworkOptions(), variables).proxy == proxy


def test_the_proxies_of_the_environment_can_be_left_out_of_account() -> None:
    options = NetworkOptions(environment_proxies=False)

    assert choose_route("http://a.example/", options, {"HTTP_PROXY": PROXY}).proxy is None


def test_the_option_wins_over_the_environment() -> None:
    options = NetworkOptions(proxy="http://mine.example")
    variables = {"HTTP_PROXY": PROXY, "NO_PROXY": "*"}

    assert choose_route("http://a.example/", options, variables).proxy == "http://mine.example"


@pytest.mark.parametrize(
    "proxy", ["ftp://user:canary@x", "http://", "http://x:99999", "http://x:0", "://canary"]
)
def test_a_proxy_that_is_no_address_fails_closed(proxy: str) -> None:
    with pytest.raises(ProxyInvalid) as caught:
        choose_route("http://a.example/", NetworkOptions(proxy=proxy), {})

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "verified"),
    [
        ("https://a.example/", False),
        ("https://A.example:444/", False),
        ("https://b.example:444/", False),
        ("https://b.example/", True),
        ("https://x.a.example/", True),
    ],
)
def test_only_trusted_hosts_are_not_verified(url: str, verified: bool) -> None:
    options = NetworkOptions(trusted_hosts=("a.example", "b.example:444"))

    assert choose_route(url, options, {}).verified is verified


def test_a_route_does_not_show_its_proxy() -> None:
    assert "canary" not in repr(Route("http://user:canary@proxy.example"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://A.example/x", "https://a.example:443"),
        ("https://a.example:443", "https://a.example:443"),
        ("http://u:p@a.example:8080/", "http://a.example:8080"),
    ],
)
def test_an_origin_has_one_spelling(url: str, expected: str) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "ftp://a.example/",
        "http://",
        "http:///x",
        "http://a.example:x/",
        "http://a.example:0/",
        "http://a.example/ b",
        "http://a.example/\r\nx",
        "http://a.example\\@b.example/",
        "http://[::1/",
        "http://a.example/" + "x" * 10_000,
    ],
)
def test_a_malformed_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl):
        origin(url)


def test_hosts_are_shown_as_people_know_them() -> None:
    assert host("https://a.example/") == "a.example"
    assert host("https://u:p@a.example:8443/") == "a.example:8443"
    assert host("file:///x") == "this machine"


def test_user_info_is_decoded() -> None:
    assert user_info("https://us%40er:p%3Aw@a.example/") == ("us@er", "p:w")
    assert user_info("https://token@a.example/") == ("token", "")
    assert user_info("https://a.example/") is None
