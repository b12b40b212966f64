"""The time after which nothing was uploaded, as far as a resolve is concerned: a date, or an age."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from zephyr.project.errors import CutOffInvalid

_UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_AGE = re.compile(r"(?P<number>\d{1,6})\s*(?P<unit>hour|day|week)s?", re.ASCII)
_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,6})S)?)?",
    re.ASCII,
)
_SLACK = timedelta(days=1)
"""A clock may be wrong, and "today" begins earlier elsewhere."""


def cut_off(text: str, now: datetime, origin: str = "exclude-newer") -> datetime:
    """Return the instant from which on files do not exist, in UTC and whole seconds.

    ``text`` is a date (its first moment, UTC), an instant (ISO 8601; UTC where no offset is given) or an
    age before ``now``, which is aware: ``7 days``, ``2 weeks``, ``12 hours``, or a duration of ISO 8601
    (``P7D``, ``PT12H``). Raises `CutOffInvalid`, saying ``origin``, for anything else, for a time that
    has not come yet and would exclude nothing, and for an age that leads before the calendar.
    """
    stated = parse_cut_off(text, origin)

    if isinstance(stated, timedelta):
        try:
            return (now - stated).astimezone(UTC).replace(microsecond=0)
        except OverflowError as error:
            raise CutOffInvalid(f"{origin} is {text!r}, which is before any date there is") from error

    if stated > now + _SLACK:
        raise CutOffInvalid(
            f"{origin} is {text!r}, which is in the future and excludes nothing",
            hint='Give a date that has been, or an age like "7 days".',
        )

    return stated


def parse_cut_off(text: str, origin: str = "exclude-newer") -> datetime | timedelta:
    """Return the instant (UTC, whole seconds) or the age that ``text`` states; raises `CutOffInvalid`."""
    text = text.strip()

    if age := _AGE.fullmatch(text):
        return _UNITS[age["unit"]] * int(age["number"])

    if duration := _DURATION.fullmatch(text):
        return timedelta(**{unit: int(number) for unit, number in duration.groupdict("0").items()})

    try:
        instant = datetime.fromisoformat(text)

        return instant.replace(tzinfo=instant.tzinfo or UTC, microsecond=0).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CutOffInvalid(
            f"{origin} is {text[:80]!r}, a date or an age was expected",
            hint='Write it as in "2026-11-20", "2026-11-20T12:00:00Z", "7 days", "2 weeks" or "P7D".',
        ) from error
