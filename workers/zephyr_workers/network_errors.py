"""Every way in which asking an index or fetching a file can fail, one class per reason.

Messages name the host, the project or the file; addresses are shown without credentials. None is
raised for a project that an index does not know: that is an empty listing.
"""

from __future__ import annotations

from zephyr.errors import ZephyrError


class NetworkError(ZephyrError):
    """Base of everything raised by the network side."""

    id = "network"


class IndexUnauthorised(NetworkError):
    """Raised when a server wants credentials or refuses those it got (401, 403, 407)."""

    id = "index-unauthorised"


class IndexUnreachable(NetworkError):
    """Raised when a server could not be reached or kept failing, after all retries."""

    id = "index-unreachable"


class IndexRefused(NetworkError):
    """Raised when a server answers with a status that means neither "here it is" nor "absent"."""

    id = "index-refused"


class IndexPageInvalid(NetworkError):
    """Raised when an index page cannot be believed as a whole: not the format it claims, or over a cap."""

    id = "index-page-invalid"


class IndexPageUnexpected(NetworkError):
    """Raised when something else than an index page came with status 200: a login or captive portal page."""

    id = "index-page-unexpected"


class FileMissing(NetworkError):
    """Raised when a file that an index listed, or a direct address, does not exist."""

    id = "file-missing"


class DownloadHashMismatch(NetworkError):
    """Raised when a file or metadata document does not have the digest that the index announced."""

    id = "download-hash-mismatch"


class DownloadTruncated(NetworkError):
    """Raised when a body ended early, after all retries and resumptions."""

    id = "download-truncated"


class DownloadTooLarge(NetworkError):
    """Raised when a body is longer than announced or than its cap."""

    id = "download-too-large"


class ContradictoryFraming(NetworkError):
    """Raised when a response's headers contradict each other or the index about the body's length."""

    id = "response-contradictory"


class TooManyRedirects(NetworkError):
    """Raised when a chain of redirects is longer than allowed."""

    id = "too-many-redirects"


class InsecureRedirect(NetworkError):
    """Raised when a redirect leads from https to http, or to anything that is not http(s)."""

    id = "insecure-redirect"


class InvalidUrl(NetworkError):
    """Raised for an address that is not a well-formed http(s) or file URL."""

    id = "url-invalid"


class OfflineMissing(NetworkError):
    """Raised when ``--offline`` forbids the request that would be needed."""

    id = "offline-missing"


class RetryAfterTooLong(NetworkError):
    """Raised when a server asks to be left alone for longer than an installer should wait."""

    id = "retry-after-too-long"


class CertificateInvalid(NetworkError):
    """Raised when a server's TLS certificate cannot be verified: never retried."""

    id = "certificate-invalid"


class CertificateSettingInvalid(NetworkError):
    """Raised when a configured bundle or client certificate cannot be used: there is no silent fallback."""

    id = "certificate-setting-invalid"


class ProxyInvalid(NetworkError):
    """Raised when a proxy setting is not a usable address."""

    id = "proxy-invalid"


class MetadataUnreadable(NetworkError):
    """Raised when a wheel's METADATA cannot be found or read in the archive an index serves."""

    id = "metadata-unreadable"


class FindLinksInvalid(NetworkError):
    """Raised when a ``--find-links`` location is neither a folder nor a readable page."""

    id = "find-links-invalid"


class DownloadUnexpected(NetworkError):
    """Raised when a file's first bytes are not of the kind that its name says: a page, another archive."""

    id = "download-unexpected"
