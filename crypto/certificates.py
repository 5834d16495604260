"""Certificates that somebody trusts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def trusted_certificates(pem: bytes) -> list[Certificate]:
    """Give the certificates of a file in PEM (RFC 7468), in its order. Raises ValueError when it holds none."""
    # Two megabytes of every process that answers, for what only the command for timestamps asks.
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - rarely needed, and large

    return load_pem_x509_certificates(pem)
