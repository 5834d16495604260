"""What wraps the key ring, by the settings; and wrapping it anew as they say, whole or not at all."""

from __future__ import annotations

from base64 import b64decode

from app.pipeline.ring_place import RingPlace, RingRefused, Trouble, Wrapper
from config import Config, Secret

# ruff: noqa: PLC0415 - each way of wrapping is loaded by who needs it


def place_of_ring(config: Config) -> RingPlace:
    """Where the ring lies, wrapped as the settings say."""
    return RingPlace(config.key_ring_path, wrapper_for(config, config.keyring_wrapped_by))


def wrapper_for(config: Config, name: str) -> Wrapper | None:
    """What wraps under this name; None where the settings do not tell of it, or nothing wraps."""
    if name == "environment" and config.keyring_key is not None:
        from app.pipeline.wrapped_by_environment import EnvironmentWrapper

        before = config.keyring_key_before
        return EnvironmentWrapper(_key(config.keyring_key), _key(before) if before is not None else None)
    if name == "transit" and config.vault_url:
        from app.pipeline.wrapped_by_transit import TransitWrapper, Vault

        vault = Vault(
            url=config.vault_url,
            mount=config.vault_mount,
            key=config.vault_key,
            timeout_seconds=config.vault_timeout_seconds,
            token=config.vault_token.value if config.vault_token is not None else None,
            token_file=config.vault_token_file,
            ca=config.vault_ca,
            namespace=config.vault_namespace,
        )
        return TransitWrapper(vault)
    if name == "pkcs11" and config.pkcs11_library is not None and config.pkcs11_pin is not None:
        from app.pipeline.wrapped_by_token import Device, TokenWrapper

        pin = config.pkcs11_pin.value
        return TokenWrapper(Device(config.pkcs11_library, config.pkcs11_token, config.pkcs11_key, pin))
    return None


def how_it_lies(config: Config) -> str:
    """In one word or two what the ring lies wrapped by, and which key of that; ``nothing`` where it lies as it is."""
    lies = RingPlace(config.key_ring_path).wrapping()
    if lies is None:
        return "nothing"
    wrapper = wrapper_for(config, lies.by)
    return f"{lies.by} {wrapper.version(lies.wrapped_key) if wrapper is not None else ''}".strip()


def wrap_as_set(config: Config) -> tuple[str, str]:
    """Wrap the ring as the settings say: how it lay, and how it lies now. Raises RingRefused, with nothing changed.

    What it lies wrapped by is asked once more, so its settings have to be there until this is done.
    """
    place = place_of_ring(config)
    with place.alone():
        before, lies = how_it_lies(config), place.wrapping()
        source = wrapper_for(config, lies.by) if lies is not None else None
        if lies is not None and source is None:
            raise RingRefused(Trouble.KEY_NOT_SET)
        place.write(RingPlace(place.path, source).read())
        return before, how_it_lies(config)


def _key(written: Secret) -> bytes:
    return b64decode(written.value.strip())
