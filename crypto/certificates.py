"""Certificates that somebody trusts."""

from cryptography.x509 import Certificate, load_pem_x509_certificates


def trusted_certificates(pem: bytes) -> list[Certificate]:
    """Give the certificates of a file in PEM (RFC 7468), in its order. Raises ValueError when it holds none."""
    return load_pem_x509_certificates(pem)
