"""Files of a lock from a mirror of their index: found by name, proven by the lock's hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.fake_index import FakeIndex
from tests.support.locks import file_of, lock_text, package

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.support.command_line import CommandLine

CANONICAL = "https://index.example/simple"


@pytest.fixture
def mirror() -> Generator[FakeIndex]:
    with FakeIndex() as index:
        yield index


def locked(cli: CommandLine, *names: str, index: str | None = CANONICAL) -> None:
    """Write a lock with files that the canonical index has."""
    entries: list[dict[str, Any]] = []

    for name in names:
        wheel = cli.index.serve(name, "1.0")
        url = f"https://files.example/{wheel.filename}"
        entries.append(package(name, "1.0", index=index, wheels=[file_of(cli.index, wheel, url=url)]))

    cli.write("pylock.toml", lock_text(*entries))


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_file_is_found_by_its_name(cli: CommandLine, mirror: FakeIndex, slash: str) -> None:
    locked(cli, "demo")
    mirror.serve("demo", "1.0")

    assert cli("sync", "--mirror", f"{CANONICAL}{slash}={mirror.url}").code == 0
    assert cli.installed == {"demo": "1.0"}
    assert cli.index.count() == 0


def test_only_what_is_missing_is_looked_up(cli: CommandLine, mirror: FakeIndex) -> None:
    locked(cli, "demo", "other")
    mirror.serve("demo", "1.0")
    mirror.serve("other", "1.0")
    cli("install", "demo")
    cli("sync", "--mirror", f"{CANONICAL}={mirror.url}")

    assert cli.installed == {"demo": "1.0", "other": "1.0"}
    assert mirror.count("/simple/other/") == 1
    assert mirror.count("/simple/demo/") == 0


def test_a_mirror_can_need_a_login(cli: CommandLine, mirror: FakeIndex) -> None:
    locked(cli, "demo")
    mirror.serve("demo", "1.0")
    mirror.credentials = ("someone", "hidden")

    result = cli("sync", "-v", "--mirror", f"{CANONICAL}={mirror.url_with_credentials}")
    assert result.code == 0
    assert "hidden" not in result.err


def test_the_index_of_the_lock_can_need_a_login(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli.index.credentials = ("someone", "hidden")
    netrc = cli.folder / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password hidden\n")
    netrc.chmod(0o600)
    cli.configure(NETRC=str(netrc), ZEPHYR_INDEX_URL=CANONICAL)
    entry = package("demo", "1.0", index=cli.index.url, wheels=[file_of(cli.index, wheel)])
    cli.write("pylock.toml", lock_text(entry))

    assert cli("sync").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_other_bytes_on_a_mirror_are_refused(cli: CommandLine, mirror: FakeIndex) -> None:
    locked(cli, "demo")
    mirror.serve("demo", "1.0", files={"demo.py": "import evil\n"})
    error = cli("sync", "--mirror", f"{CANONICAL}={mirror.url}").err

    assert error.startswith(("error[download-hash-mismatch]", "error[download-truncated]"))
    assert cli.installed == {}


def test_a_file_that_a_mirror_lacks_is_named(cli: CommandLine, mirror: FakeIndex) -> None:
    locked(cli, "demo")
    mirror.serve("demo", "2.0")

    assert cli("sync", "--mirror", f"{CANONICAL}={mirror.url}").err.startswith(
        f"error[mirror-lacks-file]: The mirror of {CANONICAL} does not offer demo-1.0-py3-none-any.whl\n"
    )


def test_files_of_other_indexes_come_from_where_the_lock_says(cli: CommandLine, mirror: FakeIndex) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli.write("pylock.toml", lock_text(package("demo", "1.0", wheels=[file_of(cli.index, wheel)])))

    assert cli("sync", "--mirror", f"{CANONICAL}={mirror.url}").code == 0
    assert mirror.count() == 0


def test_a_mirror_can_be_set_for_good(cli: CommandLine, mirror: FakeIndex) -> None:
    locked(cli, "demo")
    mirror.serve("demo", "1.0")
    settings = cli.write("zephyr.toml", f'[mirror]\n"{CANONICAL}" = "{mirror.url}"\n')
    cli.configure(ZEPHYR_CONFIG_FILE=str(cli.folder / settings))

    assert cli("sync").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_a_mirror_of_a_project_is_used_unless_the_project_is_not_looked_at(
    cli: CommandLine, mirror: FakeIndex
) -> None:
    locked(cli, "demo")
    mirror.serve("demo", "1.0")
    cli.write("pyproject.toml", f'[tool.zephyr]\nmirror = {{ "{CANONICAL}" = "{mirror.url}" }}\n')

    assert cli("sync").code == 0
    assert cli("sync", "--frozen", "--reinstall", "--no-cache", "--offline").code == 1


@pytest.mark.parametrize("text", ["https://index.example/simple", "a=b", "=https://mirror.example/"])
def test_a_mirror_that_is_not_understood_is_refused(cli: CommandLine, text: str) -> None:
    locked(cli)

    result = cli("sync", "--mirror", text)
    assert result.code == 2
    assert result.err.startswith("error[mirror-invalid]")
