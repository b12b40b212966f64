"""Cut-offs: dates, instants and ages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr.project.errors import CutOffInvalid
from zephyr.project.exclude_newer import cut_off

NOW = datetime(2026, 11, 21, 13, 30, 15, 999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)),
        (" 2026-01-01 ", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T12:00:00Z", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ("2026-01-01T12:00:00", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ("2026-01-01 12:00:00.5+02:00", datetime(2026, 1, 1, 10, tzinfo=UTC)),
        ("7 days", datetime(2026, 11, 14, 13, 30, 15, tzinfo=UTC)),
        ("1 day", datetime(2026, 11, 20, 13, 30, 15, tzinfo=UTC)),
        ("2 weeks", datetime(2026, 11, 7, 13, 30, 15, tzinfo=UTC)),
        ("36hours", datetime(2026, 11, 20, 1, 30, 15, tzinfo=UTC)),
        ("P7D", datetime(2026, 11, 14, 13, 30, 15, tzinfo=UTC)),
        ("P1W2DT3H30M15S", datetime(2026, 11, 12, 10, 0, 0, tzinfo=UTC)),
        ("PT12H", datetime(2026, 11, 21, 1, 30, 15, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
    ],
)
def test_dates_instants_and_ages_are_instants_in_utc(text: str, instant: datetime) -> None:
    assert cut_off(text, NOW) == instant


@pytest.mark.parametrize(
    "text",
    ["", "soon", "7", "days", "-7 days", "7 months", "P", "PT", "P1M", "P1DT", "2026-13-01", "7 dayss"],
)
def test_nonsense_is_refused_with_its_origin(text: str) -> None:
    with pytest.raises(CutOffInvalid, match=r"--exclude-newer is .*, a date or an age") as raised:
        cut_off(text, NOW, "--exclude-newer")

    assert raised.value.id == "date-invalid"


@pytest.mark.parametrize("text", ["2026-11-23", "2999-01-01", "9999-12-31T23:59:59-12:00"])
def test_a_time_to_come_is_refused(text: str) -> None:
    with pytest.raises(CutOffInvalid):
        cut_off(text, NOW)


def test_an_age_before_the_calendar_is_refused() -> None:
    with pytest.raises(CutOffInvalid, match="before any date"):
        cut_off("999999 weeks", NOW)


@given(
    days=st.integers(0, 10_000),
    offset=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
def test_an_age_is_the_same_moment_wherever_the_clock_stands(days: int, offset: timezone) -> None:
    here = cut_off(f"{days} days", NOW.astimezone(offset))

    assert here == NOW.replace(microsecond=0) - timedelta(days=days)
    assert here.tzinfo is UTC


@given(st.text(alphabet="0123456789PTDWHMS dayswek-:Z", max_size=12))
def test_any_text_is_a_past_instant_or_refused(text: str) -> None:
    try:
        instant = cut_off(text, NOW)
    except CutOffInvalid:
        return

    assert instant <= NOW + timedelta(days=1)
