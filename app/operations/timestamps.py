"""Time-stamps of others (RFC 3161): what is asked of a service, and whether what it answered proves the moment.

Asked is a SHA-256 digest with a random nonce, and for the service's certificate. An answer proves that the digest was
known to the service at the moment it names, for whoever trusts the certificate under which the service's own stands.
"""

from datetime import datetime
from typing import Final

from crypto import CannotOpen, trusted_certificates

LONGEST_TIMESTAMP: Final = 64 * 1024


def timestamp_request(message: bytes) -> tuple[bytes, int]:
    """Give the bytes to send to a time-stamping service (DER), and the nonce that must come back."""
    # Seldom needed, and not carried by whoever needs it never.
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415

    asked = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    if asked.nonce is None:
        failure = "the request carries no nonce"
        raise ValueError(failure)
    return asked.as_bytes(), asked.nonce


def read_timestamp(answer: bytes, message: bytes, *, roots: bytes, nonce: int | None = None) -> datetime:
    """Give the moment that an answer (DER) proves for a message. ``roots`` are certificates in PEM that are trusted.

    ``nonce`` is that of the request, where the answer has just come. Raises CannotOpen for any answer that proves
    nothing: refused, altered, of another message or nonce, or not signed under one of the roots; ValueError when
    ``roots`` holds no certificate.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response  # noqa: PLC0415

    builder = VerifierBuilder(roots=trusted_certificates(roots), nonce=nonce)
    if len(answer) > LONGEST_TIMESTAMP:
        raise CannotOpen
    try:
        decoded = decode_timestamp_response(answer)
        builder.build().verify_message(decoded, message)
        return decoded.tst_info.gen_time
    except (VerificationError, ValueError, TypeError):
        raise CannotOpen from None
