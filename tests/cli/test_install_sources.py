"""Where packages come from: indexes in their order, credentials, local folders, and the cache alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said
from tests.support.fake_index import FakeIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.command_line import CommandLine


@pytest.fixture
def other_index() -> Iterator[FakeIndex]:
    with FakeIndex() as index:
        yield index


def test_the_first_index_that_knows_a_name_wins(cli: CommandLine, other_index: FakeIndex) -> None:
    cli.index.serve("demo", "9.0")
    other_index.serve("demo", "1.0")

    assert cli("install", "--extra-index-url", other_index.url, "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         + demo==1.0
    """).printing("Successfully installed demo-1.0")


def test_the_best_of_all_indexes_on_request(cli: CommandLine, other_index: FakeIndex) -> None:
    cli.index.serve("demo", "9.0")
    other_index.serve("demo", "1.0")

    cli("install", "--index", other_index.url, "--index-strategy", "unsafe-best-match", "demo")
    assert cli.installed == {"demo": "9.0"}


def test_a_private_index_takes_its_credentials_from_the_environment(
    cli: CommandLine, other_index: FakeIndex
) -> None:
    other_index.credentials = ("anna", "hunter2")
    other_index.serve("secret-tool", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli.configure(ZEPHYR_INDEX_WORK_USERNAME="anna", ZEPHYR_INDEX_WORK_PASSWORD="hunter2")

    assert cli("install", "--index", f"work={other_index.url}", "secret-tool") == said("""
        Resolved 2 packages in [TIME]
        Changed 2 packages in [TIME], [DIR]/.venv
         + dep==1.0
         + secret-tool==1.0
    """).printing("Successfully installed dep-1.0 secret-tool-1.0")
    assert all("authorization" not in request.headers for request in cli.index.requests)


def test_credentials_in_an_address_are_used_and_never_shown(cli: CommandLine) -> None:
    cli.index.credentials = ("anna", "hunter2")
    cli.index.serve("demo", "1.0")
    address = cli.index.url_with_credentials

    loud = cli("install", "-vvv", "-i", address, "demo", raw=True)
    report = cli("install", "--report", "-", "--dry-run", "--reinstall", "-i", address, "demo", raw=True)
    cli.index.credentials = ("anna", "changed")
    wrong = cli("install", "-vvv", "--refresh", "-i", address, "other", raw=True)

    assert [result.code for result in (loud, report, wrong)] == [0, 0, 1]
    assert not [result for result in (loud, report, wrong) if "hunter2" in result.out + result.err]
    kept = [path for path in cli.cache.rglob("*") if path.is_file() and b"hunter2" in path.read_bytes()]
    assert kept == []


def test_wrong_credentials(cli: CommandLine) -> None:
    cli.index.credentials = ("anna", "hunter2")
    address = cli.index.url.replace("://", "://anna:wrong@")

    assert cli("install", "-i", address, "demo") == failed("""
        error[index-unauthorised]: 127.0.0.1:[PORT] refuses access to http://127.0.0.1:[PORT]/simple/demo/ (401)
        hint: Give credentials in ZEPHYR_INDEX_<NAME>_USERNAME and _PASSWORD, netrc, keyring or the URL.
    """)


def test_a_folder_of_wheels_without_any_index(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli.index.write_links(cli.folder / "wheels")

    assert cli("install", "--no-index", "--find-links", "wheels", "demo") == said("""
        Resolved 2 packages in [TIME]
        Changed 2 packages in [TIME], [DIR]/.venv
         + demo==1.0
         + dep==1.0
    """).printing("Successfully installed demo-1.0 dep-1.0")
    assert cli.index.count() == 0


def test_a_page_of_links(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")

    cli("install", "--no-index", "-f", cli.index.links_url, "demo")
    assert cli.installed == {"demo": "1.0"}


def test_no_index_and_nothing_else(cli: CommandLine) -> None:
    assert cli("install", "--no-index", "demo") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo (of which there is no version), your requirements cannot be met.
        hint: No index that was asked knows demo. Check how it is spelled, or name the index that has it.
    """)


def test_a_folder_of_wheels_that_is_missing(cli: CommandLine) -> None:
    assert cli("install", "-f", "no-such-folder", "demo") == failed("""
        error[find-links-invalid]: --find-links no-such-folder cannot be read: No such file or directory
        hint: It takes a folder, a page of links, or the URL of either.
    """)


def test_an_address_that_is_none(cli: CommandLine) -> None:
    assert cli("install", "-i", "ftp://files.example/simple/", "demo") == failed("""
        error[url-invalid]: 'ftp://files.example' is not a usable http(s) address
    """)


def test_what_was_fetched_once_is_installed_offline(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli("install", "demo")
    cli.make_environment("other")
    asked = cli.index.count()

    assert cli("install", "--offline", "-p", "other", "demo") == said("""
        Resolved 2 packages in [TIME]
        Changed 2 packages in [TIME], [DIR]/other
         + demo==1.0
         + dep==1.0
    """).printing("Successfully installed demo-1.0 dep-1.0")
    assert cli.index.count() == asked


def test_an_index_that_is_busy_for_a_moment_is_asked_again(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.misbehave("/simple/demo/", status=503, retry_after="0", times=2)

    assert cli("install", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    assert cli.index.count("/simple/demo/") == 3


def test_an_html_index_without_anything_modern(cli: CommandLine) -> None:
    cli.index.json = cli.index.siblings = cli.index.ranges = cli.index.hashes = cli.index.etags = False
    cli.index.cache_control = None
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")

    assert cli("install", "demo") == said("""
        Resolved 2 packages in [TIME]
        Changed 2 packages in [TIME], [DIR]/.venv
         + demo==1.0
         + dep==1.0
    """).printing("Successfully installed demo-1.0 dep-1.0")
    # The first is asked for its end; the answer tells that this host sends whole files only.
    assert cli.index.count("*.whl") == 3


def test_options_inside_a_requirements_file_join_in(cli: CommandLine, other_index: FakeIndex) -> None:
    other_index.serve("demo", "1.0")
    cli.write("requirements.txt", f"--extra-index-url {other_index.url}\ndemo\n")

    cli("install", "-r", "requirements.txt")
    assert cli.installed == {"demo": "1.0"}


def test_pips_own_configuration_of_indexes_is_read(cli: CommandLine, other_index: FakeIndex) -> None:
    other_index.serve("demo", "1.0")
    cli.configure(PIP_EXTRA_INDEX_URL=other_index.url)

    cli("install", "demo")
    assert cli.installed == {"demo": "1.0"}


def test_the_users_file_comes_before_pips(cli: CommandLine, other_index: FakeIndex) -> None:
    other_index.serve("demo", "1.0")
    cli.write("zephyr.toml", f'extra-index-url = ["{other_index.url}"]\n')
    cli.configure(ZEPHYR_CONFIG_FILE="zephyr.toml", PIP_EXTRA_INDEX_URL="http://127.0.0.1:1/simple/")

    cli("install", "demo")
    assert cli.installed == {"demo": "1.0"}


def test_a_settings_file_that_cannot_be_understood(cli: CommandLine) -> None:
    cli.write("zephyr.toml", "index-url = \n")
    cli.configure(ZEPHYR_CONFIG_FILE="zephyr.toml")

    assert cli("install", "demo") == failed(
        """
        error[settings-file]: Cannot read the settings file zephyr.toml: Invalid value (at line 1, column 13)
        """,
        code=2,
    )


def test_an_unknown_setting_is_refused_and_the_nearest_named(cli: CommandLine) -> None:
    cli.write("zephyr.toml", 'index-ulr = "http://127.0.0.1:1/simple/"\n')
    cli.configure(ZEPHYR_CONFIG_FILE="zephyr.toml")

    assert cli("install", "demo") == failed(
        """
        error[settings-unknown]: zephyr.toml: there is no option named index-ulr
        hint: Is index-url meant?
        """,
        code=2,
    )


def test_a_setting_may_be_one_text_where_several_are_taken(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.write_links(cli.folder / "wheels")
    cli.write("zephyr.toml", 'find-links = "wheels"\nno-index = true\n')
    cli.configure(ZEPHYR_CONFIG_FILE="zephyr.toml")

    assert cli("install", "demo").code == 0
    assert cli.index.count() == 0


def test_a_setting_of_the_wrong_kind(cli: CommandLine) -> None:
    cli.write("zephyr.toml", 'retries = "many"\n')
    cli.configure(ZEPHYR_CONFIG_FILE="zephyr.toml")

    assert cli("install", "demo") == failed(
        """
        error[usage]: Invalid value for '--retries': Input should be a valid integer, unable to parse string as an integer
        hint: `zephyr install --help` lists what there is.
        """,
        code=2,
    )
