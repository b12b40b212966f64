from __future__ import annotations

import csv
import hashlib

from zephyr.install.record import record, recorded_path


def test_rows_are_sorted_and_the_record_lists_itself_without_a_hash() -> None:
    digest = hashlib.sha256(b"").hexdigest()

    text = record([("b.py", digest, 0), ("a.pyc", None, 5)], "d-1.dist-info").decode()

    assert text.splitlines() == [
        "a.pyc,,",
        "b.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0",
        "d-1.dist-info/RECORD,,",
    ]


def test_awkward_names_can_be_read_back() -> None:
    text = record([('a,"b".py', None, 0)], "d-1.dist-info").decode()

    assert next(csv.reader(text.splitlines())) == ['a,"b".py', "", ""]


def test_paths_are_relative_to_site_packages() -> None:
    assert recorded_path("/e/lib/site/a/b.py", "/e/lib/site") == "a/b.py"
    assert recorded_path("/e/bin/tool", "/e/lib/site") == "../../bin/tool"
