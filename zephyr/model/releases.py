"""The files of one project by version: a listing as a resolve asks for it, lowered once.

Nearly all rules look at a few properties of a file that repeat thousands of times: its tag, the Pythons that
it is for, whether it was yanked. Files that are equal in these are of one *kind*, and versions whose files
are of the same kinds, in the order of their names, share a *profile*. Whoever has judged each kind and each
profile has judged every file, and most files are never looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

from zephyr.dataclass import dataclass
from zephyr.model.artifact import Artifact

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.model.artifact import Listing

DIGEST_SIZE = 16
"""Bytes of a SHA-256 that are kept to tell files apart."""


class Kind(NamedTuple):
    """What can be told of a file without looking at it."""

    tag: str | None
    """``cp312-cp312-win_amd64``, perhaps a compressed set; None for a source archive."""
    build: tuple[int, str]
    """The build tag, as it sorts."""
    is_gzipped: bool
    """Whether a source archive is a ``.tar.gz``, the kind that the standards name."""
    requires_python: str | None
    is_yanked: bool

    @property
    def is_wheel(self) -> bool:
        """Whether the file is a wheel."""
        return self.tag is not None


class Profile(NamedTuple):
    """What versions have in common."""

    kinds: tuple[int, ...]
    """The kinds of a version's files, by their places in `Summary.kinds`, in the order of the file names."""
    versions: int
    """A version set, as `zephyr.solver.version_set` has them."""


class Summary(NamedTuple):
    """All that is known of the files of a project without looking at one. Plain values, quick to keep."""

    versions: tuple[str, ...]
    """Ascending, in normal form."""
    stable: int
    """The version set of those that are no pre-releases."""
    kinds: Sequence[Kind]
    profiles: Sequence[Profile]
    starts: tuple[int, ...]
    """By version, the place of its first file among all; then that of the first file without a version."""
    digests: bytes
    """By file, `DIGEST_SIZE` bytes of its SHA-256; zeros where the index announces none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the kinds of files has another meaning from one environment to the next."""

    tags: tuple[str, ...]
    pythons: tuple[str, ...]
    """Each Requires-Python."""


class Versions(Sequence["Version"]):
    """Versions out of their normal form, each parsed when it is asked for."""

    __slots__ = ("_parsed", "_texts")

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._parsed: dict[int, Version] = {}

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, place: int) -> Version: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Version]: ...
    def __getitem__(self, place: int | slice) -> Version | Sequence[Version]:
        if isinstance(place, slice):
            return Versions(self._texts[place])

        version = self._parsed.get(place)

        if version is None:
            from packaging.version import Version

            version = self._parsed[place] = Version(self._texts[place])

        return version


class Releases(Sequence[Artifact]):  # noqa: PLW1641 - a file has mappings, which no hash can be made of
    """The files of a project, ordered by version and name; last those whose name has no valid version."""

    __slots__ = ("_asked", "_files", "identity", "judged", "summary", "versions")

    def __init__(self, summary: Summary, files: Sequence[Artifact], identity: str = "") -> None:
        """``files`` may be a sequence that makes each file when it is asked for."""
        self.identity = identity
        """What tells these files from others of the project; empty where nobody has worked it out."""
        self.summary = summary
        self.versions: Sequence[Version] = Versions(summary.versions)
        """Ascending."""
        self.judged: dict[Hashable, object] = {}
        """What was concluded of all files, by what was asked for it: of use to whoever asks again."""
        self._files = files
        self._asked: Asked | None = None

    @classmethod
    def of(cls, files: Iterable[Artifact], name: NormalizedName) -> Releases:
        """Order the files of project ``name`` by what their names say."""
        from zephyr.model.lowering import FileColumns, lower

        found = tuple(files)
        columns = FileColumns(
            [artifact.filename for artifact in found],
            [artifact.requires_python for artifact in found],
            [artifact.yanked is not None for artifact in found],
            [artifact.sha256 for artifact in found],
        )
        summary, order = lower(columns, name)

        return cls(summary, [found[place] for place in order])

    @property
    def unread(self) -> int:
        """The number of files whose name or version is not valid."""
        return len(self._files) - self.summary.starts[-1]

    @property
    def asked(self) -> Asked:
        """What an environment is asked about the files."""
        if self._asked is None:
            kinds = self.summary.kinds
            tags = dict.fromkeys(kind.tag for kind in kinds if kind.tag is not None)
            pythons = dict.fromkeys(kind.requires_python for kind in kinds if kind.requires_python)
            self._asked = Asked(tuple(tags), tuple(pythons))

        return self._asked

    @property
    def has_yanked(self) -> bool:
        """Whether some file was yanked."""
        return any(kind.is_yanked for kind in self.summary.kinds)

    def find(self, version: Version) -> int | None:
        """Return the place of a version, None where there are no files of it."""
        place = bisect_left(self.versions, version)

        return place if place < len(self.versions) and self.versions[place] == version else None

    def file(self, place: int, number: int) -> Artifact:
        """Return one file of the version at a place."""
        return self._files[self.summary.starts[place] + number]

    def files(self, place: int) -> Sequence[Artifact]:
        """Return the files of the version at a place, in the order of their names."""
        return self._files[self.summary.starts[place] : self.summary.starts[place + 1]]

    def kinds(self, place: int) -> Sequence[Kind]:
        """Return the kinds of these files."""
        shared = next(profile.kinds for profile in self.summary.profiles if profile.versions >> place & 2)

        return [self.summary.kinds[kind] for kind in shared]

    def digest(self, place: int, number: int) -> bytes | None:
        """Return `DIGEST_SIZE` bytes of the SHA-256 of one file, None where the index announces none."""
        start = (self.summary.starts[place] + number) * DIGEST_SIZE
        found = self.summary.digests[start : start + DIGEST_SIZE]

        return found if any(found) else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Releases) and list(self) == list(other)

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[Artifact]:
        return iter(self._files)

    @overload
    def __getitem__(self, place: int) -> Artifact: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Artifact]: ...
    def __getitem__(self, place: int | slice) -> Artifact | Sequence[Artifact]:
        return self._files[place]


def releases_of(listing: Listing) -> Releases:
    """Return the files of a listing by version: as they came, where they came so."""
    if isinstance(listing.artifacts, Releases):
        return listing.artifacts

    return Releases.of(listing.artifacts, listing.name)
