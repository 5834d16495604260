"""Before she takes something back, a consulter reads what is true of her own case, and nothing that is not (7.20)."""

from itertools import product

import pytest

from models.rules.withdrawal import TakenBack, Told, what_withdrawal_cannot_undo


@pytest.mark.parametrize(("taken_back", "told"), list(product(TakenBack, Told)))
def test_every_case_has_its_words_in_both_languages_and_none_are_alike(taken_back: TakenBack, told: Told) -> None:
    japanese, english = (what_withdrawal_cannot_undo(taken_back, told, language) for language in ("ja", "en"))
    assert english.isascii()
    others = {
        what_withdrawal_cannot_undo(one, other)
        for one, other in product(TakenBack, Told)
        if (one, other) != (taken_back, told)
    }
    assert japanese not in others
    assert "命や体に危険が迫っているときを除いて" in japanese


def test_only_what_was_opened_is_said_to_have_been_read() -> None:
    said = {told: what_withdrawal_cannot_undo(TakenBack.CONSENT, told) for told in Told}
    assert {told for told, words in said.items() if "すでに読んだこと" in words} == {Told.OPENED, Told.ANSWERED}
    assert {told for told, words in said.items() if "すでに行った対応" in words} == {Told.ANSWERED}
    assert {told for told, words in said.items() if "伝えたことはありません" in words} == {Told.NOTHING}
    assert {told for told, words in said.items() if "まだだれも開いていません" in words} == {Told.SENT}


@pytest.mark.parametrize("otherwise", [{"with_others": True}, {"in_an_emergency": True}])
def test_who_was_told_of_in_another_way_is_not_assured_that_nothing_was_told(otherwise: dict[str, bool]) -> None:
    words = what_withdrawal_cannot_undo(TakenBack.CONSENT, Told.NOTHING, **otherwise)
    assert "会社に伝えたことはありません" not in words
    assert "取り消せません" in words
