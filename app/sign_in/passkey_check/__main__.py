"""Reads what one passkey has signed: an order as JSON comes in, what was found goes out, and nothing is kept."""

from __future__ import annotations

import json
import sys
from base64 import b64decode, b64encode
from typing import Any, Final

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers.exceptions import WebAuthnException

REFUSED: Final = 3


def found(order: dict[str, Any]) -> dict[str, object]:
    """What the signature proves. Raises WebAuthnException or ValueError when it proves nothing."""
    expected = {
        "expected_challenge": order["challenge"].encode(),
        "expected_rp_id": order["relying_party"],
        "expected_origin": order["origin"],
    }
    if order["public_key"] is None:
        made = verify_registration_response(credential=order["credential"], **expected)
        return {
            "credential_id": b64encode(made.credential_id).decode(),
            "public_key": b64encode(made.credential_public_key).decode(),
            "times_used": made.sign_count,
            "person_verified": made.user_verified,
        }
    used = verify_authentication_response(
        credential=order["credential"],
        credential_public_key=b64decode(order["public_key"]),
        # The counter is compared by whoever asks, because a copy is told of and not only refused.
        credential_current_sign_count=0,
        **expected,
    )
    return {
        "credential_id": b64encode(used.credential_id).decode(),
        "public_key": order["public_key"],
        "times_used": used.new_sign_count,
        "person_verified": used.user_verified,
    }


def main() -> int:
    """Answer the one order; whatever cannot be read proves nothing."""
    try:
        answer = found(json.load(sys.stdin))
    except (WebAuthnException, ValueError, TypeError, KeyError, LookupError, AttributeError):
        return REFUSED
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
