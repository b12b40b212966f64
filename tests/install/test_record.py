from __future__ import annotations

import csv
import hashlib
import io

from zephyr.install.record import hashed_rows, record, recorded_path, unhashed_rows


def test_rows_are_sorted_and_the_record_lists_itself_without_a_hash() -> None:
    digest = hashlib.sha256(b"").hexdigest()

    rows = [*hashed_rows(["b.py", "c.py"], digest * 2, [0, 5]), *unhashed_rows(["a.pyc"])]
    text = record(rows, "d-1.dist-info").decode()

    assert text.splitlines() == [
        "a.pyc,,",
        "b.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0",
        "c.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,5",
        "d-1.dist-info/RECORD,,",
    ]


def test_awkward_names_can_be_read_back() -> None:
    text = record(unhashed_rows(['a,"b".py', "b\n.py", "c.py"]), "d-1.dist-info").decode()

    rows = list(csv.reader(io.StringIO(text)))
    assert [row[0] for row in rows] == ['a,"b".py', "b\n.py", "c.py", "d-1.dist-info/RECORD"]


def test_paths_are_relative_to_site_packages() -> None:
    assert recorded_path("/e/lib/site/a/b.py", "/e/lib/site") == "a/b.py"
    assert recorded_path("/e/bin/tool", "/e/lib/site") == "../../bin/tool"
