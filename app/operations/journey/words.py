"""What the desk, the officers and the head write on a journey: plain texts that quote nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.rules.taxonomy.harassment_type import HarassmentType


@dataclass(frozen=True)
class Words:
    """The texts of one matter; the number keeps each of them apart from every other."""

    number: int
    types: Sequence[str]

    @property
    def themes(self) -> str:
        named = [HarassmentType(code).ja for code in self.types if code in {member.value for member in HarassmentType}]
        return "、".join(named) or "職場での困りごと"

    def acknowledgement(self) -> str:
        return f"ありがとうございます。相談員がたしかに読みました。これから内容を確かめます。(控え{self.number:03})"

    def forwarded_copy(self) -> str:
        return (
            f"貴社の業務に関わる対応のなかで、{self.themes}にあたりうる言動があったとの相談が届いています(案件{self.number:03})。"
            "応対者を守るための手順が実際に使えたか、事実を確かめ、配慮と再発防止をお知らせください。"
        )

    def advice(self) -> str:
        return (
            f"会社には何も伝えていません。{self.themes}については、日時と内容を控え、つらいときは応対を代わってもらうよう"
            f"申し出てかまいません。気持ちが変わったら、いつでもお知らせください。(助言{self.number:03})"
        )

    def action(self) -> str:
        return f"該当する時間帯の応対記録を確かめ、受持ちを一時的に替えました。(対応記録{self.number:03})"

    def reply(self) -> str:
        return f"負担をかけ、申し訳ありませんでした。今後は複数名で対応します。(返信{self.number:03})"

    def report(self) -> dict[str, str]:
        return {
            "fact_check": f"応対記録と監督者の聞き取りで、相談に合う対応があったと確かめました。(報告{self.number:03})",
            "care": "希望に応じた休憩と受持ちの変更を案内し、産業保健の窓口も知らせました。",
            "measures_customer": "同じ相手からの連絡は監督者が受け、改まらないときは警告のうえ対応を終えます。",
            "prevention": "応対を終えてよい基準を書面にし、来月中に全員へ研修を行います。",
            "privacy_no_retaliation": "知る人を責任者と監督者に限り、不利益な取扱いをしないことを書面で確かめました。",
            "rule_applied": "応対終了の手順書",
        }

    def returned_because(self) -> str:
        return f"研修をいつまでに行うかを、日付で書き足してください。(差戻し{self.number:03})"

    def feedback(self) -> str:
        return (
            f"会社から報告があり、事務局で内容を確かめました。"
            f"複数名での対応と、応対を終える基準の整備が約束されています。(案内{self.number:03})"
        )

    def feedback_without_answer(self) -> str:
        return f"会社の回答はありませんでした。協会は、認定についての手続きを進めました。(案内{self.number:03})"

    def not_satisfied(self) -> str:
        return f"研修の予定だけでは、次の勤務が心配です。もう一度確かめてください。(お返事{self.number:03})"


GROUNDS = "正式な求めを重ねても、受領の確認も報告もありませんでした。計数表のとおりです。"
REASONS = "再三の求めに回答がなく、弁明の機会にも応じなかったため、誓約に反すると判断しました。"
