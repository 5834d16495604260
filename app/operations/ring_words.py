"""What is said at the terminal when the server's key ring cannot be used: what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from app.operations.terminal import complain
from app.pipeline.ring_place import RingRefused, Trouble


class Words(NamedTuple):
    """One thing, in both languages."""

    ja: str
    en: str


_BACK = Words("控えに取ってある鍵束を元の場所に戻してください。", "Put the copy of it that is kept back to its place.")

OF_THE_FILE: Mapping[Trouble, Words] = MappingProxyType(
    {
        Trouble.MISSING: Words(
            "鍵束のファイルがありません。データはすでにあるため、新しい鍵束は作りません(作ると、いまあるデータが"
            f"開けなくなります)。{_BACK.ja}",
            "The key ring's file is missing, and there is data already: no new one is made, as it would open none of "
            f"that. {_BACK.en}",
        ),
        Trouble.NOT_READABLE: Words(
            "鍵束のファイルを読めません。サービスを動かす利用者が持ち主か、途中のフォルダに入れるかを確かめてください。",
            "The key ring's file cannot be read. See that whoever runs the service owns it and may enter its folder.",
        ),
        Trouble.EMPTY: Words(
            f"鍵束のファイルが空です。{_BACK.ja}",
            f"The key ring's file is empty. {_BACK.en}",
        ),
        Trouble.NO_RING: Words(
            f"鍵束のファイルの中身が鍵束ではないか、壊れています。{_BACK.ja}",
            f"The key ring's file holds no key ring, or a broken one. {_BACK.en}",
        ),
        Trouble.OPEN_TO_OTHERS: Words(
            "鍵束のファイルをほかの利用者も読み書きできます。chmod 600 で持ち主だけのものにし、すでに読まれたおそれが"
            "あれば python -m app keys rotate で鍵を替えてください。",
            "Others may read or change the key ring's file. Make it its owner's alone with chmod 600; where somebody "
            "may have read it, replace its keys with python -m app keys rotate.",
        ),
        Trouble.OF_ANOTHER: Words(
            "この鍵束では、このデータベースのものが開けません。別の環境の鍵束か、鍵を替える前の古い控えです。"
            "鍵束とデータベースの組み合わせを確かめてください。",
            "This key ring does not open what lies in this database: it is another installation's, or a copy from "
            "before a key was added. See which ring goes with which database.",
        ),
        Trouble.WRAPPED_OTHERWISE: Words(
            "鍵束のファイルの包み方が KIKITE_KEYRING_WRAPPED_BY と違います。設定が正しければ python -m app keys wrap で"
            "包み直し、誤りなら設定を元に戻してください。",
            "The key ring's file is not wrapped as KIKITE_KEYRING_WRAPPED_BY says. Where the setting is right, wrap it "
            "anew with python -m app keys wrap; otherwise put the setting back.",
        ),
        Trouble.NOT_UNWRAPPED: Words(
            "鍵束のファイルの包みが開けません。包んだときとは別の鍵か、ファイルが壊れています。設定した鍵を確かめるか、"
            "控えに取ってある鍵束を元の場所に戻してください。",
            "The wrapping of the key ring's file does not open: it was wrapped by another key, or the file is broken. "
            "See which key the settings name, or put the copy of the ring back to its place.",
        ),
    }
)
OF_THE_WRAPPER: Mapping[Trouble, Words] = MappingProxyType(
    {
        Trouble.KEY_NOT_SET: Words(
            "鍵束をいま包んでいるものの設定がありません。包み直しが終わるまで、前の設定も残しておいてください。",
            "The settings of what wraps the key ring now are not there. Keep them until it is wrapped "
            "by the other one.",
        ),
        Trouble.NO_LIBRARY: Words(
            "鍵束を包む装置の部品(PKCS#11)を使えません。KIKITE_PKCS11_LIBRARY の場所と、装置の準備を確かめてください。",
            "The library of the device that wraps the key ring (PKCS#11) cannot be used. See KIKITE_PKCS11_LIBRARY, "
            "and whether the device is set up.",
        ),
        Trouble.SEALED: Words(
            "鍵束を包む Vault が封印されています(または準備がまだです)。Vault の封印を解いてから始めてください。",
            "The Vault that wraps the key ring is sealed, or not set up yet. Unseal it, then start again.",
        ),
        Trouble.NOT_ALLOWED: Words(
            "鍵束を包む鍵を使うことが許されませんでした。トークンや暗証番号の期限と、許された範囲を確かめてください。",
            "The use of the key that wraps the ring was refused. See whether the token or PIN is still good, and what "
            "it may do.",
        ),
        Trouble.NOT_REACHED: Words(
            "鍵束を包む Vault や装置につながりません。アドレスと、それが動いているかを確かめてください。",
            "The Vault or device that wraps the key ring cannot be reached. See its address, and whether it "
            "is running.",
        ),
        Trouble.NOT_TRUSTED: Words(
            "鍵束を包む Vault の証明書を確かめられません。KIKITE_VAULT_CA と、アドレスの名前を確かめてください。",
            "The certificate of the Vault that wraps the key ring is not trusted. See KIKITE_VAULT_CA and the name in "
            "the address.",
        ),
        Trouble.NO_SUCH_KEY: Words(
            "鍵束を包む鍵が、設定した名前では見つかりません。鍵の名前と場所の設定を確かめてください。",
            "The key that wraps the ring is not found by the name that is set. See the settings that name it.",
        ),
        Trouble.ANSWERED_OTHERWISE: Words(
            "鍵束を包む Vault から、思わぬ返事がありました。アドレスが Vault そのものを指しているかを確かめてください"
            "(転送には従いません)。",
            "The Vault that wraps the key ring answered something else than it should. See whether the address "
            "leads to Vault itself; a redirect is not followed.",
        ),
    }
)


def tell_of(refused: RingRefused) -> None:
    """Say why nothing was started, and at which file; no key is in it."""
    complain(*(OF_THE_FILE.get(refused.trouble) or OF_THE_WRAPPER[refused.trouble]))
    if refused.path is not None:
        complain(f"  場所: {refused.path}", f"  Where: {refused.path}")
