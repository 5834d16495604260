"""Where cryptography is: in crypto/, and every other use of hashing or randomness is on a list with what it is for."""

from __future__ import annotations

import ast
from functools import cache

from tests.support.source_tree import name_of, project_files, tree_of

OURS = ("app", "models", "config.py")
WATCHED = {
    "hashlib",
    "hmac",
    "secrets",
    "random",
    "ssl",
    "cryptography",
    "pyotp",
    "Crypto",
    "nacl",
    "jwt",
}

# None of these keeps a word secret: that is what crypto/ is for.
SAME_BYTES = "a SHA-256 digest says that bytes, or answers, are still the same"
DRAWN = "random bytes for an id, a name of a file or a token"
SIMULATED = "chance by a seed, in a simulated association"
KNOWN = {
    "app/attachments/receiving.py": DRAWN,
    "app/audits/actions.py": DRAWN,
    "app/cases/actions/approved.py": SAME_BYTES,
    "app/cases/actions/triage.py": SAME_BYTES,
    "app/cases/masking.py": SAME_BYTES,
    "app/certifications/pre_certified.py": SAME_BYTES,
    "app/companies/actions/entries.py": DRAWN,
    "app/escalations/letter.py": SAME_BYTES,
    "app/intake/actions.py": SAME_BYTES,
    "app/intake/carried.py": SAME_BYTES,
    "app/letters/actions.py": SAME_BYTES,
    "app/letters/queries.py": SAME_BYTES,
    "app/operations/backups/making.py": "the digest of each file of a backup, as it is copied",
    "app/operations/backups/manifest.py": "the digest of each file of a backup, compared before it is put back",
    "app/operations/carriers.py": "TLS to the mail server, with the system's authorities",
    "app/operations/demo/load.py": SAME_BYTES,
    "app/operations/fetching.py": "TLS to a published policy, with the system's authorities, and its digest",
    "app/operations/file_commands.py": DRAWN,
    "app/operations/heads.py": SAME_BYTES,
    "app/operations/journey/instance.py": DRAWN,
    "app/operations/leases.py": DRAWN,
    "app/operations/letters.py": SAME_BYTES,
    "app/operations/simulation/boardroom.py": SIMULATED,
    "app/operations/simulation/founding.py": SIMULATED,
    "app/operations/simulation/members.py": SIMULATED,
    "app/operations/simulation/town.py": SIMULATED,
    "app/pipeline/file_store.py": DRAWN,
    "app/pipeline/identity.py": DRAWN,
    "app/pipeline/ids.py": DRAWN,
    "app/pipeline/wrapped_by_transit.py": "TLS to a Vault, with the authority that the settings name",
    "app/presentation/previewed.py": SAME_BYTES,
    "app/presentation/setting_up.py": SAME_BYTES,
    "app/resolutions/actions/meetings.py": SAME_BYTES,
    "app/resolutions/files.py": SAME_BYTES,
    "app/resolutions/packet.py": SAME_BYTES,
    "app/rulebook/forms.py": SAME_BYTES,
    "app/sign_in/second_factor.py": "codes of apps (RFC 6238), compared in constant time, and those for emergencies",
    "app/statistics/actions.py": SAME_BYTES,
    "app/statistics/files.py": SAME_BYTES,
    "models/rules/sampling.py": SAME_BYTES,
}


@cache
def uses() -> dict[str, set[str]]:
    """Every file of ours that imports something of the kind, with what it imports."""
    found: dict[str, set[str]] = {}
    for path in project_files():
        name = name_of(path)
        if path.suffix != ".py" or not name.startswith(OURS):
            continue
        for node in ast.walk(tree_of(path)):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                modules = [node.module]
            touched = {each.partition(".")[0] for each in modules} & WATCHED
            if touched:
                found.setdefault(name, set()).update(touched)
    return found


def test_every_use_of_hashing_and_randomness_is_known():
    new = sorted(set(uses()) - set(KNOWN))
    assert not new, f"say in KNOWN what it is for; what keeps a word secret belongs into crypto/: {new}"


def test_nothing_is_on_the_list_that_is_gone():
    gone = sorted(set(KNOWN) - set(uses()))
    assert not gone, f"take it off the list: {gone}"


def test_what_only_compares_digests_imports_nothing_else():
    more = {name: uses()[name] for name, why in KNOWN.items() if why == SAME_BYTES and uses()[name] != {"hashlib"}}
    assert not more
