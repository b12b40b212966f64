"""Which versions of a lock stay, and how one asks for newer ones."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

import pytest

from tests.support.command_line import failed
from tests.support.pyprojects import entries, lock, locked_table, relock

if TYPE_CHECKING:
    from datetime import tzinfo

    from tests.support.command_line import CommandLine

YEARS = ("2023", "2024", "2025")


@pytest.fixture
def locked(cli: CommandLine) -> CommandLine:
    """Left 1.0 (which needs dep), right 1.0 and, in a group, checks 1.0 are locked; 2.0 came since."""
    cli.index.serve("left", "1.0", requires=["dep"])

    for name in ("dep", "right", "checks"):
        cli.index.serve(name, "1.0")

    lock(cli, "left", "right", groups={"lint": ["checks", "right"]})
    cli.index.serve("left", "2.0", requires=["dep"])

    for name in ("dep", "right", "checks"):
        cli.index.serve(name, "2.0")

    cli.configure(ZEPHYR_REFRESH="1")

    return cli


def versions(cli: CommandLine) -> list[str]:
    return list(entries(cli))


def test_a_newer_release_changes_nothing_by_itself(locked: CommandLine) -> None:
    assert relock(locked).err == "Nothing to do: 4 packages checked\n[DIR]/pylock.toml is up to date\n"
    assert versions(locked) == ["checks 1.0", "dep 1.0", "left 1.0", "right 1.0"]


def test_what_is_new_leaves_the_rest_as_it_is(locked: CommandLine) -> None:
    locked.index.serve("other", "3.0", requires=["dep"])
    lock(locked, "left", "right", "other", groups={"lint": ["checks", "right"]})

    assert versions(locked) == ["checks 1.0", "dep 1.0", "left 1.0", "other 3.0", "right 1.0"]


def test_what_is_gone_takes_only_its_own_with_it(locked: CommandLine) -> None:
    lock(locked, "right", groups={"lint": ["checks", "right"]})

    assert versions(locked) == ["checks 1.0", "right 1.0"]


def test_a_version_that_is_no_longer_allowed_is_the_only_one_to_change(locked: CommandLine) -> None:
    lock(locked, "left>1", "right", groups={"lint": ["checks", "right"]})

    assert versions(locked) == ["checks 1.0", "dep 1.0", "left 2.0", "right 1.0"]


def test_an_upgrade_takes_the_newest_of_everything(locked: CommandLine) -> None:
    assert relock(locked, "--upgrade").err == (
        "Resolved 4 packages in [TIME]\n"
        "Updated checks v1.0 -> v2.0\n"
        "Updated dep v1.0 -> v2.0\n"
        "Updated left v1.0 -> v2.0\n"
        "Updated right v1.0 -> v2.0\n"
        "Wrote [DIR]/pylock.toml\n"
    )


def test_an_upgrade_of_a_package_leaves_what_it_needs_as_it_is(locked: CommandLine) -> None:
    relock(locked, "--upgrade-package", "Left")

    assert versions(locked) == ["checks 1.0", "dep 1.0", "left 2.0", "right 1.0"]


def test_an_upgrade_to_a_version_takes_that_version_and_keeps_it(locked: CommandLine) -> None:
    locked.index.serve("dep", "1.5")
    relock(locked, "--upgrade-package", "dep==1.5")

    assert versions(locked) == ["checks 1.0", "dep 1.5", "left 1.0", "right 1.0"]
    assert relock(locked).err.endswith("is up to date\n")


def test_an_upgrade_to_an_older_version_takes_it_too(locked: CommandLine) -> None:
    relock(locked, "--upgrade")
    relock(locked, "-P", "dep==1.0", "-P", "right==1.0")

    assert versions(locked) == ["checks 2.0", "dep 1.0", "left 2.0", "right 1.0"]


def test_an_upgrade_to_a_version_that_there_is_not_fails_and_says_who_asked(locked: CommandLine) -> None:
    before = locked_table(locked)
    result = locked("lock", "--upgrade-package", "dep==7.0")

    assert result.code == 1
    assert "dep==7.0" in result.err
    assert "--upgrade-package" in result.err
    assert locked_table(locked) == before


def test_an_upgrade_of_a_group_takes_what_it_requires_and_no_more(locked: CommandLine) -> None:
    relock(locked, "--upgrade-group", "Lint")

    assert versions(locked) == ["checks 2.0", "dep 1.0", "left 1.0", "right 2.0"]


def test_an_upgrade_of_an_unknown_group_is_refused(locked: CommandLine) -> None:
    assert locked("lock", "--upgrade-group", "lints") == failed(
        """
        error[unknown-group]: --upgrade-group is 'lints', which is no dependency group of [DIR]/pyproject.toml
        hint: Is lint meant?
        """,
        code=2,
    )


@pytest.mark.parametrize("text", ["dep>=2", "dep==1.*", "dep[x]", "dep @ https://files.example/d.whl", "?"])
def test_an_upgrade_of_anything_but_a_name_and_a_version_is_refused(locked: CommandLine, text: str) -> None:
    result = locked("lock", "--upgrade-package", text)

    assert result.code == 2
    assert result.err.startswith("error[upgrade-invalid]: --upgrade-package is ")


def test_a_date_leaves_out_what_came_later(cli: CommandLine) -> None:
    for number, year in enumerate(YEARS, 1):
        cli.index.serve("demo", f"{number}.0", upload_time=f"{year}-06-01T00:00:00Z")

    lock(cli, "demo", tool='exclude-newer = "2024-12-31"')

    assert versions(cli) == ["demo 2.0"]
    assert locked_table(cli)["tool"]["zephyr"]["exclude-newer"] == "2024-12-31T00:00:00+00:00"

    lock(cli, "demo", tool='exclude-newer = "2023-12-31"')

    assert versions(cli) == ["demo 1.0"]


def test_an_age_counts_from_the_first_lock_until_an_upgrade(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, year in enumerate(YEARS, 1):
        cli.index.serve("demo", f"{number}.0", upload_time=f"{year}-06-01T00:00:00Z")

    at(monkeypatch, 2024)
    lock(cli, "demo", tool='exclude-newer = "7 days"')
    first = (cli.folder / "pylock.toml").read_text()
    assert versions(cli) == ["demo 2.0"]

    at(monkeypatch, 2025)
    relock(cli)
    assert (cli.folder / "pylock.toml").read_text() == first

    relock(cli, "--upgrade")
    assert versions(cli) == ["demo 3.0"]
    assert locked_table(cli)["tool"]["zephyr"]["exclude-newer"] == "2025-12-24T12:00:00+00:00"


def test_another_age_counts_from_now(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 2024)
    lock(cli, tool='exclude-newer = "7 days"')
    at(monkeypatch, 2025)
    lock(cli, tool='exclude-newer = "1 week"')

    assert locked_table(cli)["tool"]["zephyr"]["exclude-newer"].startswith("2025-12-24")


def at(monkeypatch: pytest.MonkeyPatch, year: int) -> None:
    """Let it be noon on the last day of a year."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(year, 12, 31, 12, tzinfo=tz)

    monkeypatch.setattr("zephyr.pipeline.lock.datetime", Clock)


def test_a_wheel_that_was_uploaded_later_is_no_reason_to_change_a_lock(locked: CommandLine) -> None:
    before = (locked.folder / "pylock.toml").read_bytes()
    locked.index.serve("dep", "1.0", tag="py2.py3-none-any")

    assert locked("lock", "--check").code == 0
    assert relock(locked).code == 0
    assert (locked.folder / "pylock.toml").read_bytes() == before
