"""The command about published policies: looks at every page whose time has come, where the setting allows it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from app.operations.data_folder import DataFolder
from app.operations.policy_pages import check_policies
from app.operations.serving import make_ready
from app.operations.settings import read_config
from app.operations.terminal import complain, say

Command = Callable[[argparse.Namespace], int]
DONE, FAILED = 0, 1
ALL = 100_000


def add_to(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    """Offer the command about published policies."""
    add("check-policies", "公表された基本方針のページを確認する / look at the published policies", _check)


def _check(_asked: argparse.Namespace) -> int:
    config = read_config()
    if not config.policy_check:
        complain(
            "確認は切ってあります。KIKITE_POLICY_CHECK=true にすると、登録されたページだけを開きます。",
            "It is switched off. With KIKITE_POLICY_CHECK=true the registered pages are opened, and nothing else.",
        )
        return FAILED
    DataFolder(config.data).take()
    with make_ready(config).app_context():
        looked = check_policies(most=ALL)
    say(f"{looked}件のページを確認しました。", f"{looked} pages were looked at.")
    return DONE
