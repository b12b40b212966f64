"""The end of a run: the report on standard output, the record and the plots into a folder."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from zephyr_perf.plots import plots
from zephyr_perf.record import Record, as_json
from zephyr_perf.report import report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr_perf.scenario import Scenario


def tell(scenarios: Sequence[Scenario], record: Record, folder: str | None) -> int:
    """Print the report and write the rest; return 1 where a row has no figures, else 0."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)

    text = f"{_heading(record)}\n\n{report(scenarios, record.rows)}\n"
    print(text)

    if folder is not None:
        os.makedirs(folder, exist_ok=True)
        files = {"report.md": text, "record.json": as_json(record), **plots(scenarios, record)}

        for name, content in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(content)

    return int(any(row.failure is not None for row in record.rows))


def _heading(record: Record) -> str:
    tools = ", ".join(f"{name} {version}" for name, version in sorted(record.tools.items()))
    machine = ", ".join(f"{name}: {value}" for name, value in record.machine.items())

    return (
        f"## {record.made}\n\n{tools}.\n{machine}.\nMade in {record.seconds / 60:.1f} minutes"
        f" with `compare.py {' '.join(record.options)}`. Wall times are medians, until all processes ended."
    )
