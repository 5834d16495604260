"""Passwords made slow to guess: Argon2id with named profiles, a pepper, and a limit on how many run at once.

Argon2id is RFC 9106, version 0x13. The pepper is its secret value ``K``: it is kept in the key ring, not in the
database, so that a stolen database alone allows no guessing. Passwords are normalised to NFKC first, so that the
same password typed on a phone and on a desk computer is the same password.
"""

import re
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from crypto.derivation import KEY_BYTES, utf8

PASSWORD_SALT_BYTES: Final = 16
CONCURRENT_DERIVATIONS: Final = 2

# Costs are read back from stored values. Someone who can alter those must not be able to exhaust the machine with them.
_LARGEST_MEMORY_KIB: Final = 256 * 1024
_MOST_ITERATIONS: Final = 10
_MOST_LANES: Final = 8
_LEAST_MEMORY_KIB_PER_LANE: Final = 8

# Each derivation takes the memory of its profile; a crowd at the door must wait rather than fill the machine.
_turn: Final = threading.BoundedSemaphore(CONCURRENT_DERIVATIONS)

_PHC: Final = re.compile(
    r"\$argon2id\$v=19\$m=([1-9][0-9]{0,6}),t=([1-9][0-9]{0,2}),p=([1-9][0-9]{0,2})\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}",
)


@dataclass(frozen=True)
class Profile:
    """What one derivation costs: ``memory_kib`` in KiB, ``iterations`` as passes, ``lanes`` as degree of parallelism.

    Raises ValueError outside 8 KiB per lane to 256 MiB, 1 to 10 iterations, 1 to 8 lanes.
    """

    name: str
    memory_kib: int
    iterations: int
    lanes: int

    def __post_init__(self) -> None:
        """Refuse costs that are no protection, or that a small machine cannot bear."""
        if not (
            1 <= self.lanes <= _MOST_LANES
            and 1 <= self.iterations <= _MOST_ITERATIONS
            and _LEAST_MEMORY_KIB_PER_LANE * self.lanes <= self.memory_kib <= _LARGEST_MEMORY_KIB
        ):
            message = "the costs of a password profile are outside what is allowed"
            raise ValueError(message)

    def costs_the_same_as(self, other: "Profile") -> bool:
        """Compare the costs, whatever the profiles are called."""
        mine = (self.memory_kib, self.iterations, self.lanes)
        return mine == (other.memory_kib, other.iterations, other.lanes)


# RFC 9106 section 4, the second recommended option (64 MiB, three passes), with one lane because requests share two
# cores.
PRODUCTION: Final = Profile(name="production", memory_kib=64 * 1024, iterations=3, lanes=1)
# No protection at all. config.py refuses it outside tests.
FOR_TESTS_ONLY: Final = Profile(name="for-tests-only", memory_kib=32, iterations=1, lanes=1)


def hash_password(password: str, *, pepper: bytes, profile: Profile) -> str:
    """Give the PHC string of a password: ``$argon2id$v=19$m=...,t=...,p=...$salt$hash``, salt 16 bytes, hash 32 bytes.

    Raises ValueError when the pepper is empty or the password holds a lone surrogate.
    """
    argon2 = _argon2id(salt=secrets.token_bytes(PASSWORD_SALT_BYTES), pepper=pepper, profile=profile)
    typed = _normalised(password)
    with _turn:
        return argon2.derive_phc_encoded(typed)


def verify_password(password: str, phc: str, *, pepper: bytes) -> bool:
    """Say whether this password made this PHC string. A string that cannot be read is made by none."""
    if _profile_of(phc) is None:
        return False
    try:
        typed = _normalised(password)
    except ValueError:
        return False
    with _turn:
        try:
            Argon2id.verify_phc_encoded(typed, phc, secret=pepper)
        except InvalidKey:
            return False
    return True


def needs_renewal(phc: str, *, profile: Profile) -> bool:
    """Say whether the string was made at other costs than the profile's, or cannot be read, and should be made anew."""
    stored = _profile_of(phc)
    return stored is None or not stored.costs_the_same_as(profile)


def derive_key(password: str, *, salt: bytes, pepper: bytes, profile: Profile) -> bytes:
    """Derive a key of 32 bytes from a password and a salt of 16 random bytes.

    Raises ValueError when the salt has another length, the pepper is empty or the password holds a lone surrogate.
    """
    if len(salt) != PASSWORD_SALT_BYTES:
        message = f"a password's salt has {PASSWORD_SALT_BYTES} bytes"
        raise ValueError(message)
    argon2 = _argon2id(salt=salt, pepper=pepper, profile=profile)
    typed = _normalised(password)
    with _turn:
        return argon2.derive(typed)


def _argon2id(*, salt: bytes, pepper: bytes, profile: Profile) -> Argon2id:
    if not pepper:
        message = "a pepper is not empty"
        raise ValueError(message)
    return Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=profile.iterations,
        lanes=profile.lanes,
        memory_cost=profile.memory_kib,
        secret=pepper,
    )


def _normalised(password: str) -> bytes:
    return utf8(unicodedata.normalize("NFKC", password))


def _profile_of(phc: str) -> Profile | None:
    read = _PHC.fullmatch(phc)
    if read is None:
        return None
    memory_kib, iterations, lanes = (int(number) for number in read.groups())
    try:
        return Profile(name="as-stored", memory_kib=memory_kib, iterations=iterations, lanes=lanes)
    except ValueError:
        return None
