"""Every setting, typed, and refused if it does not go with another; secrets have no default and no repr.

app/operations/settings.py reads them. What reads them stays out of the memory of what works with them.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, quote, urlsplit

from annotated_types import Ge, Gt, Interval

AtLeastOne = Annotated[int, Ge(1)]
Seconds = Annotated[float, Gt(0)]
Port = Annotated[int, Interval(ge=1, le=65535)]
OWN_ADDRESS = "http://127.0.0.1:8000"
"""Where nothing else was set, the address that is listened on takes its place."""
KEY_BYTES = 32
THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, repr=False)
class Secret:
    """A setting that nothing shows: neither a log, nor an error, nor whoever looks at the settings."""

    value: str

    def __repr__(self) -> str:
        return "Secret"


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the installation is told: environment variables named KIKITE_…, or files in KIKITE_SECRETS_DIR."""

    data: Path = Path("data")
    """The one folder in which everything is kept that this installation makes."""

    database_url: Secret | None = None
    """PostgreSQL by URL; without it a SQLite file in the data folder."""
    keystore_url: Secret | None = None
    """The second database, which holds the shred keys; without it a second SQLite file."""
    migration_database_url: Secret | None = None
    migration_keystore_url: Secret | None = None
    """The same two databases, by a role that owns the tables; the service's own then changes no table and rewrites no
    record. They are told to ``python -m app migrate`` alone."""
    database_password_allowed: bool = False
    """Whether a database on another machine may be asked with a password instead of a certificate."""
    keyring_file: Path | None = None
    """Where the server's key ring is mounted; without it a file in the data folder, made at the first start."""
    keyring_wrapped_by: Literal["nothing", "environment", "transit", "pkcs11"] = "nothing"
    """What wraps that file, so that a copy of the disk opens nothing; ``python -m app keys wrap`` wraps it anew."""
    keyring_key: Secret | None = None
    keyring_key_before: Secret | None = None
    """``environment``: 32 random bytes in base64; the one before it only while it is being replaced."""
    vault_url: str = ""
    """``transit``: the address of a Vault (HashiCorp Vault, OpenBao), such as https://vault.kikite.example:8200."""
    vault_mount: str = "transit"
    vault_key: str = "kikite"
    vault_token: Secret | None = None
    vault_token_file: Path | None = None
    """One of the two: the token, or a file in which an agent keeps it fresh."""
    vault_ca: Path | None = None
    """The certificates (PEM) under which the Vault's own must stand; without it those of this machine."""
    vault_namespace: str = ""
    vault_timeout_seconds: Seconds = 5.0
    pkcs11_library: Path | None = None
    """``pkcs11``: the library that came with the device."""
    pkcs11_token: str = ""
    """The label of the token, and of the AES key in it."""
    pkcs11_key: str = "kikite"
    pkcs11_pin: Secret | None = None

    base_url: str = OWN_ADDRESS
    """The address people open, used in mails: scheme, host and port, without a path."""
    service_name: str = "Kikite(聞き手)"
    association_name: str = "全国コンタクトセンター協会(デモ)"
    desk_phone: str = "00-0000-0000"
    """The telephone desk's number as shown on the start page."""

    mail: Literal["files", "smtp"] = "files"
    mail_from: str = "kikite@kikite.example"
    smtp_host: str = ""
    smtp_port: Port = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: Secret | None = None
    smtp_timeout_seconds: Seconds = 15.0

    clamd: str = ""
    """The address of a virus scanner that speaks clamd's protocol: host:port, or a socket's path. Empty: none."""
    clamd_timeout_seconds: Seconds = 60.0

    policy_check: bool = False
    """Whether the pages on which companies have published their policies are looked at. Off: nothing is fetched."""

    heads_mail: str = ""
    """An address outside of this machine to which each signed head of the record is mailed. Empty: to nobody."""
    timestamp_url: str = ""
    """A time-stamping service (RFC 3161) that is asked about each signed head. Empty: none is asked."""
    timestamp_roots: Path | None = None
    """The certificates (PEM) under which that service's own must stand; needed with it."""

    s3_bucket: str = ""
    """The bucket of an S3-compatible store in which the sealed files lie. Empty: they lie in the data folder."""
    s3_endpoint: str = ""
    """The store's address, such as https://s3.kikite.example. Empty: Amazon's own, by the region."""
    s3_region: str = "us-east-1"
    s3_access_key: Secret | None = None
    s3_secret_key: Secret | None = None
    """Set together; without them the machine's own role or files are asked, as its provider describes."""
    s3_timeout_seconds: Seconds = 20.0

    password_profile: Literal["production", "for_tests_only"] = "production"  # noqa: S105 - the name of a profile
    second_factor: Literal["by_rule", "offered"] = "by_rule"
    """Whether the rules say who must sign in with a second step, or everybody may and nobody must (demonstration)."""
    consulter_idle_minutes: AtLeastOne = 15
    staff_idle_minutes: AtLeastOne = 60
    staff_absolute_hours: AtLeastOne = 12

    movable_clock: bool = False
    """A private trial instance may move its clock forward by a file in its data folder; a real one never does."""
    demo: bool = False
    workers: AtLeastOne = 2
    threads: AtLeastOne = 4
    sweep_seconds: AtLeastOne = 30

    def __post_init__(self) -> None:
        """Raises ValueError when one setting does not go with another."""
        if self.mail == "smtp" and not self.smtp_host:
            raise ValueError("KIKITE_MAIL=smtp needs KIKITE_SMTP_HOST")
        if bool(self.timestamp_url) != (self.timestamp_roots is not None):
            raise ValueError("KIKITE_TIMESTAMP_URL and KIKITE_TIMESTAMP_ROOTS are set together")
        if self.smtp_user and self.smtp_password is None:
            raise ValueError("KIKITE_SMTP_USER needs KIKITE_SMTP_PASSWORD")
        if (self.database_url is None) != (self.keystore_url is None):
            raise ValueError("KIKITE_DATABASE_URL and KIKITE_KEYSTORE_URL are set together: two databases, two backups")
        if (self.migration_database_url is None) != (self.migration_keystore_url is None):
            raise ValueError("KIKITE_MIGRATION_DATABASE_URL and KIKITE_MIGRATION_KEYSTORE_URL are set together")
        if self.migration_database_url is not None and self.database_url is None:
            raise ValueError("KIKITE_MIGRATION_DATABASE_URL needs KIKITE_DATABASE_URL, whose role is given its rights")
        self._leaves_over_tls()
        self._store_hangs_together()
        self._ring_is_wrapped_safely()
        if self.password_profile == "for_tests_only" and self.serves_https:  # noqa: S105 - the name of a profile
            raise ValueError("KIKITE_PASSWORD_PROFILE=for_tests_only is refused on an https address")
        if self.second_factor == "offered" and self.serves_https:
            raise ValueError("KIKITE_SECOND_FACTOR=offered is refused on an https address")

    def _leaves_over_tls(self) -> None:
        """What leaves this machine does so over TLS, and to whom it was meant for."""
        for url in (self.database_url, self.keystore_url, self.migration_database_url, self.migration_keystore_url):
            if url is None or not _is_far(url.value):
                continue
            if not _checks_certificate(url.value):
                raise ValueError("a database elsewhere is asked over TLS: end its address with ?sslmode=verify-full")
            if not (_shows_certificate(url.value) or self.database_password_allowed):
                raise ValueError("a database elsewhere is shown a certificate: name sslcert and sslkey in its address")
        if self.smtp_host and self.smtp_security == "none" and self.smtp_host not in THIS_MACHINE:
            raise ValueError("mail leaves this machine over TLS only: set KIKITE_SMTP_SECURITY to starttls or tls")
        if self.clamd and not self.clamd.startswith("/") and self.clamd.rpartition(":")[0] not in THIS_MACHINE:
            raise ValueError("files are shown to a scanner on this machine only: 127.0.0.1:port or a socket")

    def _store_hangs_together(self) -> None:
        if not self.s3_bucket:
            return
        if (self.s3_access_key is None) != (self.s3_secret_key is None):
            raise ValueError("KIKITE_S3_ACCESS_KEY and KIKITE_S3_SECRET_KEY are set together")
        address = urlsplit(self.s3_endpoint)
        if self.s3_endpoint and (address.scheme not in {"http", "https"} or not address.hostname):
            raise ValueError("KIKITE_S3_ENDPOINT is an address that begins with https://")
        if address.scheme == "http" and address.hostname not in THIS_MACHINE:
            raise ValueError("files leave this machine over TLS only: KIKITE_S3_ENDPOINT begins with https://")
        if find_spec("boto3") is None:
            raise ValueError("KIKITE_S3_BUCKET needs a library: run python requirements/install.py s3")

    def _ring_is_wrapped_safely(self) -> None:
        for key in (self.keyring_key, self.keyring_key_before):
            if key is not None and not _is_a_key(key.value):
                raise ValueError("KIKITE_KEYRING_KEY and KIKITE_KEYRING_KEY_BEFORE are 32 random bytes in base64")
        if self.keyring_wrapped_by == "environment" and self.keyring_key is None:
            raise ValueError("KIKITE_KEYRING_WRAPPED_BY=environment needs KIKITE_KEYRING_KEY")
        self._vault_is_asked_safely()
        if self.keyring_wrapped_by == "pkcs11":
            if self.pkcs11_library is None or self.pkcs11_pin is None or not self.pkcs11_token:
                raise ValueError("KIKITE_PKCS11_LIBRARY, KIKITE_PKCS11_TOKEN and KIKITE_PKCS11_PIN are set together")
            if find_spec("pkcs11") is None:
                raise ValueError(
                    "KIKITE_KEYRING_WRAPPED_BY=pkcs11 needs a library: run python requirements/install.py hsm"
                )

    def _vault_is_asked_safely(self) -> None:
        vault = urlsplit(self.vault_url)
        if self.vault_url and (vault.scheme not in {"http", "https"} or not vault.hostname or vault.path.strip("/")):
            raise ValueError("KIKITE_VAULT_URL is an address that begins with https://, without a path")
        if vault.scheme == "http" and vault.hostname not in THIS_MACHINE:
            raise ValueError("the ring's key leaves this machine over TLS only: KIKITE_VAULT_URL begins with https://")
        if self.keyring_wrapped_by == "transit" and not self.vault_url:
            raise ValueError("KIKITE_KEYRING_WRAPPED_BY=transit needs KIKITE_VAULT_URL")
        if self.keyring_wrapped_by == "transit" and (self.vault_token is None) == (self.vault_token_file is None):
            raise ValueError("a Vault is shown one token: set KIKITE_VAULT_TOKEN or KIKITE_VAULT_TOKEN_FILE")

    @property
    def main_database(self) -> str:
        """The SQLAlchemy URL of the main database."""
        if self.database_url is not None:
            return _with_driver(self.database_url.value)
        return f"sqlite+pysqlite:///{quote(str((self.data / 'kikite.sqlite3').resolve()))}"

    @property
    def key_store_database(self) -> str:
        """The SQLAlchemy URL of the key store, always another database than the main one."""
        if self.keystore_url is not None:
            return _with_driver(self.keystore_url.value)
        return f"sqlite+pysqlite:///{quote(str((self.data / 'keystore.sqlite3').resolve()))}"

    @property
    def migration_databases(self) -> tuple[str, str] | None:
        """The SQLAlchemy URLs by which tables are changed, where that is another role's than the service's."""
        if self.migration_database_url is None or self.migration_keystore_url is None:
            return None
        return _with_driver(self.migration_database_url.value), _with_driver(self.migration_keystore_url.value)

    @property
    def key_ring_path(self) -> Path:
        """Where the key ring lies."""
        return self.keyring_file or self.data / "keyring.json"

    @property
    def serves_https(self) -> bool:
        """Whether cookies may carry the Secure flag and the __Host- prefix."""
        return self.base_url.startswith("https://")


def _is_a_key(written: str) -> bool:
    try:
        return len(b64decode(written.strip(), validate=True)) == KEY_BYTES
    except ValueError:
        return False


def _with_driver(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if separator and scheme in {"postgres", "postgresql"} else url


def _is_far(url: str) -> bool:
    """Whether a database's address leads to another machine; one without a host, or with a folder, is a socket here."""
    address = urlsplit(url)
    more = parse_qs(address.query)
    if more.keys() & {"service", "servicefile"}:
        # Where it leads stands in a file that is read by the library alone.
        return True
    named = [*more.get("host", [address.hostname or ""]), *more.get("hostaddr", [])]
    hosts = [one.partition(":")[0] for each in named for one in each.split(",")]
    return any(host and not host.startswith("/") and host not in THIS_MACHINE for host in hosts)


def _shows_certificate(url: str) -> bool:
    """Whether the service proves who it is by a certificate, and has no password to lose."""
    address = urlsplit(url)
    more = parse_qs(address.query)
    without = address.password is None and not more.keys() & {"password", "passfile"}
    return without and {"sslcert", "sslkey"} <= more.keys()


def _checks_certificate(url: str) -> bool:
    return parse_qs(urlsplit(url).query).get("sslmode", [""])[-1] in {"verify-ca", "verify-full"}
