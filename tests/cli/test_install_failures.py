"""How ``zephyr install`` fails: an id, the culprit, the next step, and an environment as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def nothing_is_installed(cli: CommandLine) -> object:
    """Every test here ends with the environment that it began with."""
    yield
    assert cli.installed == {}


def test_nothing_named(cli: CommandLine) -> None:
    assert cli("install") == failed("""
        error[nothing-asked]: You must give at least one requirement to install
        hint: Name packages, or a requirements file with -r.
    """)


def test_no_such_package(cli: CommandLine) -> None:
    assert cli("install", "nonesuch") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require nonesuch (of which there is no version), your requirements cannot be met.
        hint: No index that was asked knows nonesuch. Check how it is spelled, or name the index that has it.
    """)


def test_no_such_dependency(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["nonesuch>=2"])

    assert cli("install", "demo") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo and demo 1.0 depends on nonesuch>=2 (of which there is no version), your requirements cannot be met.
        hint: No index that was asked knows nonesuch. Check how it is spelled, or name the index that has it.
    """)


def test_no_such_version(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.serve("demo", "1.5")

    assert cli("install", "demo>=2") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo>=2 (which no version meets), your requirements cannot be met.
        hint: No version of demo meets >=2; the versions are 1.0 to 1.5.
    """)


def test_a_conflict_is_proved(cli: CommandLine) -> None:
    cli.index.serve("web", "1.0", requires=["core>=2"])
    cli.index.serve("api", "1.0", requires=["core<2"])
    cli.index.serve("core", "1.0")
    cli.index.serve("core", "2.0")

    assert cli("install", "web", "api") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require web and you require api and web 1.0 depends on core>=2 and api 1.0 depends on core<2, your requirements cannot be met.
    """)


def test_every_version_was_yanked(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", yanked="broken on Tuesdays")

    assert cli("install", "demo") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo and demo 1.0 cannot be used (yanked by its maintainers), your requirements cannot be met.
        hint: Only yanked releases of demo match; to use one all the same, pin it with ==.
    """)


def test_no_version_for_this_python(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires_python=">=99")

    assert cli("install", "demo") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo and demo 1.0 cannot be used (requires Python >=99, this environment is [PYTHON]), your requirements cannot be met.
        hint: demo 1.0 requires Python >=99, this environment is [PYTHON].
    """)


def test_no_wheel_for_this_platform(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", tag="cp27-cp27m-win32")

    assert cli("install", "demo") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo and demo 1.0 cannot be used (no wheel for this platform ([PLATFORM])), your requirements cannot be met.
        hint: demo 1.0 has no wheel for this platform ([PLATFORM]).
    """)


def test_only_source_distributions(cli: CommandLine) -> None:
    cli.index.add_bytes("demo", "1.0", "demo-1.0.tar.gz", b"not looked at")

    assert cli("install", "--no-build", "demo") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo and demo 1.0 cannot be used (would have to be built, which --only-binary forbids), your requirements cannot be met.
        hint: demo 1.0 would have to be built.
    """)


def test_a_requirement_that_cannot_be_understood(cli: CommandLine) -> None:
    assert cli("install", "demo==") == failed(
        """
        error[requirement-invalid]: Cannot understand the requirement 'demo==' (the command line)
          Expected semicolon (after name with no version specifier) or end
              demo==
                  ^
        hint: Write it as in "name", "name>=1.2" or "name[extra]==1.2".
        """,
        code=1,
    )
    assert cli("install", "de mo") == failed(
        """
        error[requirement-invalid]: Cannot understand the requirement 'de mo' (the command line)
          Expected semicolon (after name with no version specifier) or end
              de mo
                 ^
        hint: Write it as in "name", "name>=1.2" or "name[extra]==1.2".
        """,
        code=1,
    )


def test_a_requirements_file_that_is_missing(cli: CommandLine) -> None:
    assert cli("install", "-r", "missing.txt") == failed(
        """
        error[requirements-file]: Cannot read the requirements file missing.txt: No such file or directory
        hint: Check the path; a relative one begins in the current folder.
        """,
        code=1,
    )


def test_a_line_of_a_requirements_file_that_cannot_be_understood(cli: CommandLine) -> None:
    cli.write("requirements.txt", "demo\ndemo=>2\n")

    assert cli("install", "-r", "requirements.txt") == failed(
        """
        error[requirement-invalid]: Cannot understand the requirement 'demo=>2' (requirements.txt line 2)
          Expected semicolon (after name with no version specifier) or end
              demo=>2
                  ^
        hint: Write it as in "name", "name>=1.2" or "name[extra]==1.2".
        """,
        code=1,
    )


def test_a_hash_that_no_file_has(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.write("requirements.txt", f"demo==1.0 --hash=sha256:{'0' * 64}\n")

    assert cli("install", "-r", "requirements.txt") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo==1.0 (requirements.txt line 1) and demo 1.0 cannot be used (no file has one of the required hashes), your requirements cannot be met.
        hint: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.
        demo: expected sha256:[HASH]
        got: demo-1.0-py3-none-any.whl has sha256:[HASH]
    """)


def test_hashes_are_required_of_everything(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli.write("requirements.txt", f"demo==1.0 --hash=sha256:{wheel.sha256}\n")

    assert cli("install", "--require-hashes", "-r", "requirements.txt") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo==1.0 (requirements.txt line 1) and demo 1.0 depends on dep and dep 1.0 cannot be used (no hash is given for it, and hashes are required), your requirements cannot be met.
        hint: In --require-hashes mode, all requirements must have their versions pinned with ==, and a hash: give dep a line with both.
    """)
    assert cli("install", "--require-hashes", "demo") == failed(
        """
        error[hashes-incomplete]: Hashes are required, and demo cannot be checked by one
          In --require-hashes mode, all requirements must have their versions pinned with ==. These do not:
              demo
        hint: Add --hash=sha256:… to the lines, or leave out --require-hashes and all hashes (one turns checking on for everything).
        """,
        code=1,
    )


def test_a_file_with_other_bytes_than_the_index_says(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.misbehave("*.whl", lie_about_hash=True)

    assert cli("install", "demo") == failed("""
        error[download-hash-mismatch]: demo-1.0-py3-none-any.whl from 127.0.0.1:[PORT] has sha256 [HASH], expected [HASH]
        hint: The file was changed, or something on the way changes it: do not install it.
    """)


def test_a_download_that_keeps_breaking_off(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.misbehave("*.whl", truncate=100, ranges="ignore")

    assert cli("install", "--retries", "0", "demo") == failed("""
        error[download-truncated]: demo-1.0-py3-none-any.whl broke off after 100 bytes: 127.0.0.1:[PORT]: the server closed the connection before its answer was complete
        hint: Check the address and the network, or try again later.
    """)


def test_a_wheel_that_is_none(cli: CommandLine) -> None:
    cli.index.add_bytes("demo", "1.0", "demo-1.0-py3-none-any.whl", b"PK\x03\x04 and then nonsense" * 9)

    assert cli("install", "demo") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo and demo 1.0 cannot be used (its metadata cannot be read: demo-1.0-py3-none-any.whl: it does not end as a zip archive does.), your requirements cannot be met.
    """)


def test_a_wheel_that_would_write_elsewhere(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", files={"../../evil.py": "x = 1\n"})

    assert cli("install", "demo") == failed("""
        error[wheel-path-escapes]: demo-1.0-py3-none-any.whl, entry ../../evil.py: its path leads out of the wheel
        hint: Choose another version or file of this project, and tell its authors: it was published so.
    """)


def test_metadata_that_lies(cli: CommandLine) -> None:
    sibling = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: other\n"
    cli.index.serve("demo", "1.0", sibling=sibling)
    cli.index.serve("other", "1.0")

    assert cli("install", "demo") == failed("""
        error[metadata-mismatch]: demo-1.0-py3-none-any.whl: the index had announced another Requires-Dist than its METADATA has
        hint: Choose another version or file of this project, and tell its authors: it was published so.
    """)


def test_an_index_that_wants_credentials(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.credentials = ("user", "secret")

    assert cli("install", "demo") == failed("""
        error[index-unauthorised]: 127.0.0.1:[PORT] refuses access to http://127.0.0.1:[PORT]/simple/demo/ (401)
        hint: Give credentials in ZEPHYR_INDEX_<NAME>_USERNAME and _PASSWORD, netrc, keyring or the URL.
    """)


def test_an_index_that_is_closed(cli: CommandLine) -> None:
    cli.index.close()

    assert cli("install", "--retries", "0", "demo") == failed("""
        error[index-unreachable]: demo on http://127.0.0.1:[PORT]/simple/: 127.0.0.1:[PORT]: Connection refused
        hint: Check the address and the network, or try again later.
    """)


def test_an_index_that_is_overloaded_for_long(cli: CommandLine) -> None:
    cli.index.misbehave("*", status=503, retry_after="3600")

    assert cli("install", "demo") == failed("""
        error[retry-after-too-long]: demo on http://127.0.0.1:[PORT]/simple/: the server asks to wait 3600 seconds before the next request
        hint: Try again after [DATE].
    """)


def test_an_index_that_keeps_failing(cli: CommandLine) -> None:
    cli.index.misbehave("*", status=502)

    assert cli("install", "--retries", "0", "demo") == failed("""
        error[index-unreachable]: demo on http://127.0.0.1:[PORT]/simple/: 127.0.0.1:[PORT] answered 502
        hint: Check the address and the network, or try again later.
    """)


def test_a_login_page_in_place_of_the_index(cli: CommandLine) -> None:
    cli.index.misbehave("*", login_page=True)

    assert cli("install", "demo") == failed("""
        error[index-page-unexpected]: http://127.0.0.1:[PORT]/simple/demo/ answered with a page that is not an index page (it begins with '<!DOCTYPE html>\\n<html><body><form>Welcome to Airport WiFi. P')
        hint: A proxy or a login page may stand in between: open the address in a browser.
    """)


def test_a_file_that_is_gone(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.misbehave("*.whl", status=404)

    assert cli("install", "demo") == failed("""
        error[file-missing]: 127.0.0.1:[PORT] does not have demo-1.0-py3-none-any.whl (404)
        hint: Check the address; an index that lists it may just have changed: try again with --refresh.
    """)


def test_offline_without_what_is_needed(cli: CommandLine) -> None:
    assert cli("install", "--offline", "demo") == failed("""
        error[offline-missing]: demo on http://127.0.0.1:[PORT]/simple/ is not in the cache, and Zephyr is offline
        hint: Run the command once without --offline.
    """)


def test_a_project_in_quarantine(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.set_status("demo", "quarantined", "malware was reported")

    assert cli("install", "demo") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo and demo 1.0 cannot be used (in quarantine: malware was reported), your requirements cannot be met.
    """)


def test_a_direct_reference_that_two_give_differently(cli: CommandLine) -> None:
    assert cli(
        "install", *(f"demo @ https://{host}.example/demo-1.0-py3-none-any.whl" for host in "ab")
    ) == failed(
        """
        error[conflicting-urls]: demo is asked for by two different URLs
          https://a.example/demo-1.0-py3-none-any.whl (the command line)
          https://b.example/demo-1.0-py3-none-any.whl (the command line)
        hint: Keep one of them.
        """,
        code=2,
    )


def test_a_source_that_is_not_supported_yet(cli: CommandLine) -> None:
    said = cli("install", "demo @ hg+https://hg.example/demo")

    assert said.code == 2
    assert said.err.startswith("error[source-not-supported]: ")
    assert "hg" in said.err


def test_options_that_exclude_each_other(cli: CommandLine) -> None:
    assert cli("install", "--prefix", "a", "--target", "b", "demo") == failed("""
        error[conflicting-options]: Can not combine '--prefix' and '--target': each says where to install
        hint: Give the one that is meant.
    """)


def test_a_report_that_cannot_be_written(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")

    assert cli("install", "--dry-run", "--report", "no/such/folder.json", "demo") == failed(
        """
        error[report-unwritable]: Cannot write the report to no/such/folder.json: [DIR]/no/such cannot be written
        hint: Name a file in a folder that exists, or - for standard output.
        """,
        code=2,
    )
