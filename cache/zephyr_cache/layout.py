"""Where everything lies: the on-disk format of the cache, format 1.

::

    <root>/                                 mode 0700
        CACHEDIR.TAG                        tells backup tools to skip this folder
        format                              "1": the number of this format; a newer one is refused
        trees-v1/
            3f/                             first two digits of the digest
                3f9c…e1/                    one published tree: immutable, renamed in as a whole
                    manifest                every file's path, SHA-256, size, mtime; see manifest.py
                    tree/
                        purelib/demo/__init__.py
                        scripts/demo        <section>/<path>, as the manifest lists them
                3f9c…e1+cpython-312-…/      a variant: a sibling tree of the same digest (bytecode)
        pages-v3/                           a bucket of small records, one per kind and format of record
            a0/
                a04b…77                     named by the SHA-256 of its key; see records.py
        memos-v1/                           a bucket whose files have shorter names
        environments-v1/                    a bucket: which environments use which digests
        links-v1/                           a bucket: how files can be linked between two file systems
        trees-git-v1/                       other folders, which their users look after under locks of
        trees-build-environments-v1/        their own: measured and cleaned here, neither verified
        trees-build-logs-v1/                nor pruned
        staging/
            k3v9….lock                      held by the process that owns the folder of the same name
            k3v9…/                          what that process is making; never read by anybody else
        trash/                              on its way out: anybody may delete anything here
        locks/                              one small file per key in use (single flight)

The rules that make it safe with any number of processes:

- What is published has been staged on the same file system and renamed into place; nobody writes to
  a published file afterwards. A manifest may be *replaced* (by rename) by one that says the same
  files are known to be durable. So readers need no lock.
- What is removed is first renamed into ``trash``: a reader has it whole or does not have it.
- A staging folder belongs to the process that holds its lock. The operating system drops the lock
  with the process, so anybody can tell leftovers from work in progress, without a clock.
- The modification time of a tree's folder (``3f9c…e1/``) is the time of its last use.
- A bucket's name ends in its version: a new kind of content gets a new bucket, and old ones are
  simply no longer read.
"""

from __future__ import annotations

import os

from zephyr_cache.digest import sha256

FORMAT = 1
TREES = "trees-v1"
ENVIRONMENTS = "environments-v1"
LINKS = "links-v1"
STAGING = "staging"
TRASH = "trash"
LOCKS = "locks"
MANIFEST = "manifest"
CONTENT = "tree"
TAG = "CACHEDIR.TAG"
TAG_TEXT = b"Signature: 8a477f597d28d172789f06886806bc55\n# A cache made by Zephyr.\n"

_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_HEXADECIMAL = _DIGITS | frozenset("abcdef")
_PLAIN = _DIGITS | _LETTERS | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def entry_folder(root: str, digest: str, variant: str) -> str:
    """Give the folder of a published tree; a `ValueError` says that a name is not one."""
    if not _is_digest(digest):
        raise ValueError(f"{digest!r} is not a digest in lower-case hexadecimal")

    if not variant:
        return f"{root}/{TREES}/{digest[:2]}/{digest}"

    if not _is_variant(variant):
        raise ValueError(f"{variant!r} cannot name a variant")

    return f"{root}/{TREES}/{digest[:2]}/{digest}+{variant}"


def entry_name(name: str) -> tuple[str, str] | None:
    """Split the name of a tree's folder into digest and variant; None for anything else."""
    digest, plus, variant = name.partition("+")
    is_entry = _is_digest(digest) and (_is_variant(variant) if plus else True)
    return (digest, variant) if is_entry else None


def _is_digest(text: str) -> bool:
    return 32 <= len(text) <= 128 and _HEXADECIMAL.issuperset(text)


def _is_variant(text: str) -> bool:
    return text[:1] in _PLAIN and (_PLAIN | {".", "_", "-"}).issuperset(text)


_BUCKETS: set[str] = set()
"""The buckets of records that were looked at: a run asks for thousands of records of a few."""


def bucket_folder(root: str, bucket: str) -> str:
    """Give the folder of a bucket of records (``pages-v3``); a `ValueError` says it is not one."""
    if bucket not in _BUCKETS:
        if not is_bucket(bucket) or bucket.startswith("trees-"):
            raise ValueError(
                f"{bucket!r} cannot name a bucket: lower-case letters, ending in a version (-v1)"
            )

        _BUCKETS.add(bucket)

    return f"{root}/{bucket}"


def is_bucket(name: str) -> bool:
    """Tell whether a name at the root is a bucket, of trees or of records, of any version."""
    stem, _, version = name.rpartition("-v")
    is_stem = stem[:1] in _LETTERS and (_LETTERS | _DIGITS | {"-"}).issuperset(stem)
    return is_stem and version != "" and _DIGITS.issuperset(version)


def record_path(root: str, bucket: str, key: str) -> str:
    """Give the file of a record; any string may be a key."""
    name = key_name(key)
    return f"{bucket_folder(root, bucket)}/{name[:2]}/{name}"


def lock_path(root: str, key: str) -> str:
    """Give the lock file of a key; any string may be a key."""
    return f"{root}/{LOCKS}/{key_name(key)[:32]}"


def key_name(key: str) -> str:
    """Turn any string into a file name."""
    return sha256(key.encode("utf-8", "surrogatepass")).hex()


def fresh_name() -> str:
    """Make a file name that nobody has used."""
    return os.urandom(12).hex()
