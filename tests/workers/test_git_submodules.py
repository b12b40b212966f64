"""What .gitmodules says, and which of the addresses in it are followed."""

from __future__ import annotations

import pytest

from zephyr_workers.git_submodules import Submodule, SubmoduleRefused, parse_submodules, submodule_address

_COMMIT = "c" * 40


def listing(*entries: str) -> bytes:
    return "".join(f"{entry}\0" for entry in entries).encode()


def test_the_tree_has_the_last_word() -> None:
    configuration = listing(
        "submodule.a.b.path\nlib/a",
        "submodule.a.b.url\n../a",
        "submodule.gone.path\nlib/gone",
        "submodule.gone.url\n../gone",
        "submodule.off.path\noff",
        "submodule.off.url\n../off",
        "submodule.off.update\nnone",
    )
    tree = listing(
        f"160000 commit {_COMMIT}\tlib/a",
        f"160000 commit {_COMMIT}\toff",
        f"160000 commit {_COMMIT}\tunnamed",
        f"100644 blob {_COMMIT}\tlib/gone",
    )

    assert parse_submodules(configuration, tree) == (Submodule("lib/a", "../a", _COMMIT),)


@pytest.mark.parametrize(
    ("url", "given", "address"),
    [
        ("../lib.git", "https://u:p@host.example/team/demo.git", "https://u:p@host.example/team/lib.git"),
        ("./lib", "https://host.example/demo", "https://host.example/demo/lib"),
        ("../../../../x", "https://host.example/demo", "https://host.example/x"),
        ("../lib", "file:///srv/demo", "file:///srv/lib"),
        ("/srv/lib", "file:///srv/demo", "file:///srv/lib"),
        ("https://host.example/lib", "https://u:p@host.example/demo", "https://u:p@host.example/lib"),
        ("https://other.example/lib", "https://u:p@host.example/demo", "https://other.example/lib"),
        ("http://host.example/lib", "https://u:p@host.example/demo", "http://host.example/lib"),
        ("https://host.example:444/lib", "https://u:p@host.example/demo", "https://host.example:444/lib"),
        ("git@host.example:team/lib.git", "https://host.example/demo", "ssh://git@host.example/team/lib.git"),
    ],
)
def test_a_login_goes_with_its_own_origin_only(url: str, given: str, address: str) -> None:
    assert submodule_address(Submodule("lib", url, _COMMIT), given) == address


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc",
        "/etc",
        "ext::sh -c true",
        "fd::17",
        "--upload-pack=true",
        "ssh://-oProxyCommand=true/x",
        "ssh://-l@host.example/x",
        "https://host.example\n/x",
        "ftp://host.example/x",
        "https://",
        "x",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(SubmoduleRefused, match="The submodule lib"):
        submodule_address(Submodule("lib", url, _COMMIT), "https://host.example/demo")
