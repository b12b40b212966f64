"""METADATA and WHEEL: who the wheel says it is, against its file name and against the index."""

from __future__ import annotations

import re
from email.parser import BytesParser
from typing import TYPE_CHECKING, TypeVar

from packaging.metadata import RawMetadata, parse_email
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from zephyr.dataclass import dataclass
from zephyr.model.headers import lead_to_the_same
from zephyr_workers.paths import check_path
from zephyr_workers.wheel_errors import InvalidWheel, MetadataMismatch, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from packaging.tags import Tag

_T = TypeVar("_T")

LARGEST_METADATA = 10 << 20
LARGEST_DOCUMENT = 1 << 20
LARGEST_HEADERS = 2 << 20

_LINE_END = re.compile(rb"\r\n|\r|\n")
_FIELD = re.compile(rb"([!-9;-~]*):")
_COMPARED = frozenset({b"name", b"version", b"requires-python", b"requires-dist", b"provides-extra"})
_FORMAT = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}")
_WHEEL_FIELDS = frozenset({b"wheel-version", b"root-is-purelib", b"tag"})


@dataclass(frozen=True, slots=True)
class Identity:
    """What a wheel's file name says."""

    name: NormalizedName
    version: Version
    tags: frozenset[Tag]


def parse_filename(filename: str) -> Identity:
    """Split a wheel's file name (``name-version[-build]-python-abi-platform.whl``)."""
    try:
        check_path(filename)
        name, version, _, tags = parse_wheel_filename(filename)
    except (ValueError, InvalidWheel) as error:
        raise InvalidWheel("wheel-filename", "its file name is not one of a wheel") from error

    if "/" in filename:
        raise InvalidWheel("wheel-filename", "its file name is a path")

    return Identity(name, version, tags)


def find_dist_info(files: Iterable[str], identity: Identity) -> str:
    """Return the one top-level ``.dist-info`` folder, which must be this project's."""
    tops = {name.partition("/")[0] for name in files if "/" in name}
    folders = sorted(top for top in tops if top.lower().endswith(".dist-info"))

    if len(folders) != 1:
        found = ", ".join(visible(folder) for folder in folders[:3]) or "none"
        raise InvalidWheel("wheel-dist-info", f"it must have one .dist-info folder, found: {found}")

    stem = folders[0][: -len(".dist-info")]

    if not folders[0].endswith(".dist-info") or not is_stem_of(stem, identity):
        raise InvalidWheel(
            "wheel-dist-info", "its .dist-info folder belongs to another project", entry=folders[0]
        )

    return folders[0]


def is_stem_of(stem: str, identity: Identity) -> bool:
    """Whether ``name-version`` (of a ``.dist-info`` or ``.data`` folder) is this project and version."""
    name, _, version = stem.partition("-")

    try:
        return canonicalize_name(name) == identity.name and Version(version) == identity.version
    except ValueError:  # or a number without end
        return False


def parse_metadata(data: bytes, identity: Identity) -> str:
    """Check METADATA's name and version against the file name; return the name as it is spelled."""
    raw = _metadata(data, "METADATA")
    name, version = raw.get("name", ""), raw.get("version", "")

    if canonicalize_name(name) != identity.name:
        raise InvalidWheel("wheel-metadata-mismatch", f"METADATA names the project {visible(name)!r}")

    try:
        agrees = Version(version) == identity.version
    except ValueError:  # or a number without end
        agrees = False

    if not agrees:
        raise InvalidWheel("wheel-metadata-mismatch", f"METADATA gives the version {visible(version)!r}")

    return name


def compare_metadata(announced: bytes, contained: bytes) -> None:
    """Refuse a wheel whose METADATA leads to another resolution than the announced document.

    Compared are name, version, Requires-Dist, Requires-Python and Provides-Extra, as they are
    understood and not as they are spelled. Raises `MetadataMismatch`.
    """
    if lead_to_the_same(announced, contained):
        return

    believed = _meaning(_metadata(announced, "the announced METADATA"))
    real = _meaning(_metadata(contained, "METADATA"))

    for field, value in real.items():
        if value != believed[field]:
            raise MetadataMismatch(
                "metadata-mismatch", f"the index had announced another {field} than its METADATA has"
            )


def _meaning(raw: RawMetadata) -> dict[str, object]:
    return {
        "Name": canonicalize_name(raw.get("name", "")),
        "Version": _version(raw.get("version", "")),
        "Requires-Python": _specifier(raw.get("requires_python", "")),
        "Requires-Dist": frozenset(_requirement(text) for text in raw.get("requires_dist", [])),
        "Provides-Extra": frozenset(canonicalize_name(text) for text in raw.get("provides_extra", [])),
    }


def _version(text: str) -> Version | str:
    return _understood(Version, text)


def _specifier(text: str) -> SpecifierSet | str:
    return _understood(SpecifierSet, text)


def _requirement(text: str) -> Requirement | str:
    return _understood(Requirement, " ".join(text.split()))


def _understood(parse: Callable[[str], _T], text: str) -> _T | str:
    """Return the value of ``text``, or the text itself where it has none that can be compared.

    Parsing raises `ValueError`; so does comparing, later, where a version has thousands of digits:
    hashing looks at all of it now.
    """
    try:
        value = parse(text)
        hash(value)
    except (ValueError, RecursionError):
        return text

    return value


def _metadata(data: bytes, document: str) -> RawMetadata:
    """Return the compared fields of a core metadata document; its description is not read."""
    raw, unparsed = parse_email(_header_lines(data, _COMPARED, document))

    for field in ("name", "version", "requires-python"):
        if field in unparsed:
            raise InvalidWheel(
                "wheel-metadata-unreadable", f"{document} gives {field.title()} more than once"
            )

    return raw


def _header_lines(data: bytes, wanted: frozenset[bytes], document: str) -> bytes:
    """Return the header lines of ``data`` that hold the ``wanted`` fields, as an email parser reads them.

    A document can have any number of other fields, over which such a parser takes quadratic time.
    """
    kept: list[bytes] = []
    keeps = False

    lines = _LINE_END.split(data[:LARGEST_HEADERS])

    if len(data) > LARGEST_HEADERS and b"" not in lines:
        raise InvalidWheel(
            "wheel-too-large", f"the fields of {document} have more than {LARGEST_HEADERS} bytes"
        )

    for line in lines:
        if not line:
            break

        if line[:1] not in (b" ", b"\t"):
            field = _FIELD.match(line)
            keeps = field is None or field[1].lower() in wanted

        if keeps:
            kept.append(line)

    head = b"\n".join(kept)

    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidWheel("wheel-metadata-unreadable", f"{document} is not UTF-8") from error

    return head


def parse_wheel_document(data: bytes, identity: Identity) -> tuple[bool, tuple[str, ...]]:
    """Return whether the wheel's root is purelib, and warnings.

    A newer major ``Wheel-Version`` is refused (the specification says so), a newer minor one and
    tags that are not those of the file name are warnings: wheels with such tags are published.
    """
    fields = BytesParser().parsebytes(_header_lines(data, _WHEEL_FIELDS, "WHEEL"), headersonly=True)
    version = _single(fields.get_all("Wheel-Version", []), "Wheel-Version")
    purelib = _single(fields.get_all("Root-Is-Purelib", []), "Root-Is-Purelib").lower()
    major, _, minor = version.partition(".")
    warnings: list[str] = []

    if not _FORMAT.fullmatch(version):
        raise InvalidWheel("wheel-version", f"WHEEL gives the format version {visible(version)!r}")

    if int(major) != 1:
        raise InvalidWheel("wheel-version", f"its format {version} is not known; 1.0 is")

    if int(minor) > 0:
        warnings.append(f"the wheel's format {version} is newer than 1.0")

    if purelib not in ("true", "false"):
        warnings.append(f"WHEEL gives Root-Is-Purelib as {visible(purelib)!r}, which is taken for false")

    tags = {str(tag).strip().lower() for tag in fields.get_all("Tag", [])}

    if tags and tags != {str(tag) for tag in identity.tags}:
        warnings.append("the tags in WHEEL are not those of the file name")

    return purelib == "true", tuple(warnings)


def _single(values: list[str], field: str) -> str:
    if len(values) > 1:
        raise InvalidWheel("wheel-document", f"WHEEL gives {field} more than once")

    return str(values[0]).strip() if values else ""
