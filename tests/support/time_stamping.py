"""A time-stamping service of a test's own (RFC 3161): OpenSSL's, behind an address on this machine."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SETTINGS = """
[tsa]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass
class Service:
    """A service that answers; a test may let it answer otherwise."""

    address: str
    roots: Path
    status: int = 200
    spoil: bool = False
    answered: int = 0


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: str, signed_by: rsa.RSAPrivateKey, *, is_root: bool
) -> x509.Certificate:
    at = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_root,
                crl_sign=is_root,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if not is_root:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(signed_by, hashes.SHA256())


def make_authority(folder: Path) -> None:
    """A root, a certificate under it that may stamp, and OpenSSL's settings."""
    root, own = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    pem = serialization.Encoding.PEM
    (folder / "root.pem").write_bytes(_certificate("Root", root, "Root", root, is_root=True).public_bytes(pem))
    (folder / "tsa.pem").write_bytes(_certificate("Stamps", own, "Root", root, is_root=False).public_bytes(pem))
    (folder / "tsa.key").write_bytes(
        own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(SETTINGS.format(folder=folder))


def answer_to(query: bytes, folder: Path) -> bytes:
    """What the service says to a query. Raises CalledProcessError where OpenSSL refuses it."""
    (folder / "query").write_bytes(query)
    settings = ("-config", str(folder / "tsa.cnf"), "-section", "tsa")
    files = ("-queryfile", str(folder / "query"), "-out", str(folder / "answer"))
    subprocess.run(("openssl", "ts", "-reply", *settings, *files), check=True, capture_output=True)
    return (folder / "answer").read_bytes()


@contextmanager
def time_stamping(folder: Path) -> Iterator[Service]:
    """A service on a free port of this machine, until the block ends."""
    make_authority(folder)

    class Stamps(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            body = answer_to(query, folder)
            if service.spoil:
                body = body[:-1] + bytes([body[-1] ^ 1])
            service.answered += 1
            self.send_response(service.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Stamps)
    service = Service(f"http://127.0.0.1:{server.server_port}/", folder / "root.pem")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
