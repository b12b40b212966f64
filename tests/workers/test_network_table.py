"""The hostile inputs from an index or a network, and where each is tried: an index, not a proof.

The rows are numbered as in the list of bad inputs that Zephyr promises to survive. A row either gives
test modules and words of a test's name in them, or says where it is dealt with instead. What is checked
here is that the index leads somewhere: each entry to a test that is there, each number to an entry.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
HTTP, DOWNLOAD, CLIENT = "test_http_client.py", "test_download.py", "test_index_client.py"
SIMPLE, CACHE, RETRY, ROUTES = "test_simple_index.py", "test_http_cache.py", "test_retry.py", "test_routes.py"

TRIED: dict[str, tuple[tuple[str, str], ...]] = {
    "I01 server errors": ((HTTP, "a_passing_failure"), (HTTP, "a_lasting_failure")),
    "I02 Retry-After": (
        (HTTP, "retry_after_in_seconds"),
        (HTTP, "a_long_retry_after"),
        (RETRY, "retry_after_is"),
    ),
    "I03 unauthorised": ((CLIENT, "one_that_refuses_or_fails"), (HTTP, "wrong_ones_are_refused")),
    "I04 absent or blocked": ((CLIENT, "a_name_that_nobody_knows"), (CLIENT, "one_that_refuses_or_fails")),
    "I05 redirects": ((HTTP, "another_origin_never"), (HTTP, "a_loop_ends"), (HTTP, "https_does_not_lead")),
    "I06 connection failures": ((HTTP, "a_reset_connection"), (HTTP, "a_server_that_is_not_there")),
    "I07 slow answers": ((HTTP, "below_the_minimum_rate"), (HTTP, "silence_ends"), (HTTP, "takes_too_long")),
    "I08 short bodies": ((DOWNLOAD, "a_broken_body_is_resumed"), (DOWNLOAD, "a_chunked_body_that_is_cut")),
    "I09 framing": ((HTTP, "headers_have_a_limit"), (DOWNLOAD, "contradictory_lengths")),
    "I10 endless bodies": ((DOWNLOAD, "an_endless_body_stops"), (HTTP, "an_endless_page")),
    "I11 encodings": ((HTTP, "a_page_beyond_the_cap"), (DOWNLOAD, "an_encoded_archive")),
    "I12 ranges": ((DOWNLOAD, "another_part_than_asked"), (DOWNLOAD, "parts_of_two_files")),
    "I13 captive portals": ((HTTP, "a_login_page"), (DOWNLOAD, "a_page_in_place")),
    "I14 JSON": ((SIMPLE, "a_page_that_breaks_the_format"), (SIMPLE, "a_bad_entry"), (SIMPLE, "any_entry")),
    "I15 HTML": ((SIMPLE, "only_usable_addresses"), (SIMPLE, "a_base_moves"), (SIMPLE, "any_text_is")),
    "I16 sizes": ((SIMPLE, "files_have_a_limit"), (HTTP, "a_page_beyond_the_cap"), (HTTP, "headers_have")),
    "I17 api-version": ((SIMPLE, "another_major_version"), (SIMPLE, "a_newer_minor_version")),
    "I18 hashes": ((DOWNLOAD, "other_bytes_are_refused"), (DOWNLOAD, "the_strongest_digest")),
    "I19 sizes that lie": ((DOWNLOAD, "a_size_that_lies"), (SIMPLE, "a_name_with_two_digests")),
    "I20 metadata sibling": ((CLIENT, "a_sibling_with_other_bytes"),),
    "I21 yanked": ((SIMPLE, "a_yank_"),),
    "I22 project status": ((SIMPLE, "an_unknown_status"), (CLIENT, "a_listing_tells")),
    "I24 a name on two indexes": ((CLIENT, "the_first_that_knows"),),
    "I25 foreign files": ((SIMPLE, "files_of_other_projects"), (SIMPLE, "other_projects_only")),
    "I26 a file that has gone": ((DOWNLOAD, "a_file_that_has_gone"),),
    "I30 secrets": (
        (HTTP, "no_error_shows_them"),
        (HTTP, "the_cache_does_not_hold"),
        (ROUTES, "does_not_show"),
    ),
    "I31 addresses": ((ROUTES, "a_malformed_address"), (SIMPLE, "only_usable_addresses")),
    "I32 page cache": ((CLIENT, "not_shared_between_logins"), (CACHE, "a_304"), (HTTP, "cannot_be_believed")),
    "I33 dropped connections": ((HTTP, "a_reset_connection"),),
    "C04 credentials": (
        ("test_credentials.py", "a_keyring_that_hangs"),
        ("test_credentials.py", "a_netrc_that"),
    ),
    "C05 certificates and proxies": (("test_tls.py", "fails_closed"), (ROUTES, "fails_closed")),
    "W34 kinds of files": ((DOWNLOAD, "a_page_in_place"), (SIMPLE, "a_bad_entry"), (SIMPLE, "undone_once")),
}

ELSEWHERE = {
    "I23 PEP 708": "rejected by its authors: the first index wins instead (I24)",
    "I27 older index than seen": "needs a memory of each project's newest upload: not yet done",
    "I28 upload times": "compared by the metadata layer, which has the cut-off; waits use a monotonic clock",
    "I29 attestations": "not yet verified",
}


@cache
def names_of_tests(module: str) -> tuple[str, ...]:
    functions = [
        node
        for node in ast.walk(ast.parse((HERE / module).read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]

    return tuple(function.name for function in functions if function.name.startswith("test_"))


@pytest.mark.parametrize("row", TRIED)
def test_each_entry_leads_to_a_test(row: str) -> None:
    for module, words in TRIED[row]:
        assert any(words in name for name in names_of_tests(module)), f"{module}: {words}"


def test_each_number_has_an_entry() -> None:
    rows = {row.split()[0] for row in (*TRIED, *ELSEWHERE)}

    assert {f"I{number:02}" for number in range(1, 34)} <= rows
