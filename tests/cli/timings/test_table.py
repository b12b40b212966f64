from __future__ import annotations

from tests.support.timings import an_install, span
from zephyr.cli.timings.spans import Timings
from zephyr.cli.timings.table import lines, milliseconds

WHOLE = """\
Timings of zephyr install: 2.00 s

phase     elapsed    work  tasks  longest
start      250 ms  250 ms      1
resolve    750 ms  750 ms      1
listing    500 ms  500 ms      2  demo 250 ms
metadata   250 ms  250 ms      1  demo-1.0-py3-none-any.whl
download   500 ms  625 ms      2  demo-1.0-py3-none-any.whl 500 ms
unpack     375 ms  375 ms      2  demo-1.0-py3-none-any.whl 250 ms
stage      250 ms  250 ms      1  demo-1.0-py3-none-any.whl
commit     125 ms  125 ms      1

package   index  download  unpack  build    link    size     sum
demo     500 ms    500 ms  250 ms         250 ms  5.0 MB  1.50 s
small    250 ms    125 ms  125 ms                 1.0 kB  500 ms

Critical path
                                        at    took
start                               0.0 ms  250 ms
listing demo                        250 ms  250 ms
metadata demo-1.0-py3-none-any.whl  500 ms  250 ms
download demo-1.0-py3-none-any.whl  750 ms  500 ms
unpack demo-1.0-py3-none-any.whl    1.25 s  250 ms
stage demo-1.0-py3-none-any.whl     1.50 s  250 ms
commit                              1.75 s  125 ms
between                             1.88 s  125 ms"""


def test_phases_packages_and_the_critical_path_are_told() -> None:
    assert "\n".join(lines(an_install())) == WHOLE


def test_only_the_slowest_packages_have_a_row() -> None:
    spans = tuple(span("listing", f"p{place}", place, place + 1) for place in range(13))

    assert "and 3 packages more" in lines(Timings("zephyr lock", 13.0, spans))


def test_short_legs_of_the_path_are_told_together() -> None:
    spans = tuple(span("listing", f"p{place}", place / 1000, (place + 1) / 1000) for place in range(20))
    told = lines(Timings("zephyr lock", 10.0, spans))

    assert any(line.startswith("20 shorter") and line.endswith("20.0 ms") for line in told)


def test_a_command_that_did_nothing_but_start_is_told_of() -> None:
    told = lines(Timings("zephyr sync", 0.25, (span("start", "", 0.0, 0.25, resource="main"),)))

    assert told[0] == "Timings of zephyr sync: 250 ms"
    assert not any(line.startswith("package") for line in told)


def test_times_have_the_digits_that_count() -> None:
    assert [milliseconds(value) for value in (0.00123, 0.123, 1.234, 12.34)] == [
        "1.2 ms",
        "123 ms",
        "1.23 s",
        "12.3 s",
    ]
