"""Whether an officer's words ask who the worker is (domain 2.3, 4.2 and 7.47): a hint for the counsellor, no verdict.

A hit shows the counsellor a hint and the officer the standing answer; a miss is no promise, and so the guidance stands
beside every copy. What is written about the customer, or about not asking, is no search; a labelled set of sentences
measures both (tests/rules/search_attempt_sentences.json).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_WORKER = (
    r"(?:ご?本人|相談者|通報者|申告者|投稿者|発言者|該当者|対象者|当事者|被害者|情報源|個人|人物"
    r"|(?:該当|当該|対象)(?:の|する)?(?:者|人|方|社員|従業員|オペレーター|スタッフ|職員)"
    r"|(?:相談|通報|申告|投稿|話)した(?:人|者|方|社員|従業員|オペレーター|スタッフ|職員))(?:様|さん)?"
)
_WHO = r"(?:誰|だれ|ダレ|どなた|ドナタ)"
_KIND = r"(?:社員|従業員|職員|オペレーター|スタッフ|担当者|人|方|者|席|ブース|シフト|フロア|チーム|班|部署|課|拠点|センター)"
_TOLD = r"(?:相談|通報|申告|申し出|訴え|投稿|言っ|言い|おっしゃ|話し|話を|書い|送っ|漏らし|密告)"
_MARK = (
    r"(?:氏名|名前|フルネーム|イニシャル|(?:社員|従業員|職員|オペレーター|スタッフ)(?:番号|名|ID)|ログインID|身元|素性|所属"
    r"|部署|シフト|座席(?:番号)?|席番号|連絡先|年齢|性別|入社(?:時期|年次?)|雇用形態|勤務していた(?:者|人|方)か)"
)
_LEARN = r"(?:教え|お教え|ご教示|知り|知らせ|分か|わか|判|確認|確かめ|把握|調べ|聞か|伺|ヒント)"
_ASK = (
    r"(?:教えて(?!い|き)|お教え|ご教示|知りた|お知らせ(?:くだ|下さ|願|いただ|頂)|開示|お?聞かせ|伺(?:え|いた|わせ)"
    r"|確認(?:したい|させて)|把握したい|共有(?:くだ|いただ|願|して(?:くだ|いただ))|(?:いただ|頂)け|頂戴|もらえ|願い(?:ます|た)|をお願い"
    r"|明かし|(?:が|さえ)?(?:分か|わか)(?:れば|らないと|らなければ))"
)
_REQUEST = r"(?:したい|したく|させて(?:いただ|頂|くだ|ほし)|聞きた|伺いた|話したい|会いた|聞いてみ)"


@dataclass(frozen=True)
class _Sign:
    """One way of asking; ``spares`` are words before it that make it something else, such as the customer's name."""

    pattern: re.Pattern[str]
    spares: re.Pattern[str]


def _sign(pattern: str, spares: str) -> _Sign:
    return _Sign(re.compile(pattern, re.IGNORECASE), re.compile(spares, re.IGNORECASE))


# Read shortly before the words: what is asked of the customer, or of the cause, is not asked of the worker.
_CUSTOMER = r"(?:お客(?:様|さま)|顧客|行為者|加害|発信|利用者|消費者|原因|要因|相手方?|番号|窓口|担当者|産業医)[^。、]{0,8}$"
_NOT_IN_ENGLISH = (
    r"(?:\bnot\b|n't\b|\bnever\b|\bwithout\b|\bnobody\b|\bno one\b|\bavoid|\bcustomer|\bcaller)[^.?!]{0,40}$"
)

_QUESTIONS = (
    rf"{_WHO}(?:です|でしょう|なの(?:か|です|でしょう)|から(?:の)?(?:{_TOLD}|聞い|連絡|です|でしょう)|の(?:件|話|相談|申告)(?:です|でしょう|か))",
    rf"{_WHO}が(?:協会に)?{_TOLD}(?!たか(?:を|は)?(?:伝わ|分から|わから|尋ね(?:な|ず)|聞か(?:な|ず)|問わ|探(?:さ|し)))",
    rf"{_WHO}か(?:を|が|だけでも|、)?(?:お)?{_LEARN}",
    rf"どの{_KIND}(?:の)?(?:です|でしょう|なの|か(?:[、。??を]|$|{_LEARN})|から(?:の)?{_TOLD}|が{_TOLD}|の(?:話|件|者|方|人)(?:です|でしょう|か)|のどの)",
    rf"{_MARK}(?:まで|など)?(?:の|を|は|が|も|と|だけ|さえ|に)?[^。、]{{0,10}}{_ASK}",
    rf"{_MARK}[^。]{{0,4}}、[^。、]{{0,3}}{_ASK}",
    r"(?:男性|女性|男|女)か[^。]{0,12}(?:教えて|お教え|知りた|お聞かせ)",
    rf"{_WORKER}(?:に|と|から|へ)(?:直接)?[^。、]{{0,6}}{_REQUEST}",
    (rf"{_WORKER}(?:を|の|が|は)?(?:特定|割り出|絞り込|洗い出|突き止|探し(?:て|出|ま)|探す(?!こと)|捜し(?:て|出|ま)|調べ)"
    r"(?!しな|しませ|しては|され|につなが|でき(?:る|ない)(?:情報|形|よう)|す(?:ること)?(?:は|のは|なと)|さない|しないこと|す行為)"),
    r"特定(?:したい|できれば|させて|中です)",
    (r"(?:該当|対象)(?:者|する(?:人|者|方|社員|従業員)|の(?:人|者|方|社員|従業員|オペレーター|スタッフ))(?:を|に|は|が)"
    r"(?:絞|割り出|調べ|探し|聞き|呼び|突き止|確認)"),
    r"心当たり(?:(?:の|が|は|も)(?:ある|あり|あっ)|を(?:聞|尋|確認))",
    r"名乗り出(?:る|て|た|れ|ま)",
    r"(?:協会(?:に|へ)?)?(?:相談|話|通報|申告)したか(?:どうか)?(?:を|、)?(?:[^。]{0,6})(?:聞きました|尋ねました|確認しました|聞いて|尋ねて)",
    r"(?:相談|通報|申告|投稿|話)したの(?:は|が)[^。]{0,16}(?:さん|氏|くん|君|あなた|か[、。と??]|ではない|でしょう|と思)",
    r"(?:さん|氏|くん|君)(?:では(?:ない|ありません)(?:か|でしょう)|だと(?:思|見)|と(?:思われ|推測|推察)|で(?:間違い|合って))",
    r"犯人(?:探|捜)し(?:を(?:して|始め|行(?:う|い(?!ませ))|した)|中)",
    r"\bdare ?desu",
)
_IN_ENGLISH_NAME = (
    r"(?:full name|names?|initials|identity|(?:employee|staff|worker|agent|operator) (?:id|number|name)|contact details"
    r"|phone number|department|shift|seat|team)"
)
_IN_ENGLISH_WORKER = (
    r"(?:worker|reporter|employee|person|complainant|operator|agent|staff member|whistle-?blower|consulter)"
)
_GIVE = r"(?:tell|give|share|provide|disclose|reveal|send|let (?:us|me) know|need|want|know|have|like|ask for|what(?:'s| is))"
_QUESTIONS_IN_ENGLISH = (
    (rf"(?:^|[.?!,;:]\s*|\b(?:know|tell us|tell me|ask|find out|learn|wonder|idea|guess|confirm|see)\s+)who(?:'s| is| was| are)"
    rf" (?:it|this|that|she|he|they|the {_IN_ENGLISH_WORKER})\b"),
    (r"(?:^|[.?!,;:]\s*|\b(?:know|tell us|tell me|find out|learn|wonder|idea|guess|confirm|see)\s+)who"
    r" (?:wrote|reported|complained|sent|filed|raised|submitted|said|leaked|made)\b"),
    (r"\bwhich (?:employee|worker|operator|agent|staff member|person|shift|team|seat|desk|site|floor|member)"
    r"(?: of \w+)? (?:is|was|were|did|does|has|had|made|sent|reported|complained|wrote|it|this|they|she|he|the person)\b"),
    rf"\b{_GIVE}\b[^.?!]{{0,30}}\b{_IN_ENGLISH_NAME} of (?:the|this|that) {_IN_ENGLISH_WORKER}",
    rf"\b{_GIVE}\b[^.?!]{{0,20}}\b(?:her|his|their|(?:the|this) {_IN_ENGLISH_WORKER}'s|the employee) {_IN_ENGLISH_NAME}\b",
    r"\b(?:tell|give|share|provide|send)\b[^.?!]{0,20}\b(?:employee|staff|agent|operator) (?:id|number|name)\b",
    r"\b(?:to|can|could|will|help us|trying to|have|already) identif(?:y|ied) (?:the|this|her|him|them|who)\b",
    (rf"\b(?:speak|talk|meet|interview|contact)\b(?: (?:to|with))? (?:her|him|them|the {_IN_ENGLISH_WORKER}|this person)"
    r" (?:directly|in person|personally)\b"),
    r"\bit (?:must|has to) be (?:the|that|our) (?:new |young |old )?(?:agent|operator|employee|worker|woman|man|girl|guy|person)\b",
)
_SIGNS = (
    *(_sign(pattern, _CUSTOMER) for pattern in _QUESTIONS),
    *(_sign(pattern, _NOT_IN_ENGLISH) for pattern in _QUESTIONS_IN_ENGLISH),
)
_BESIDE_JAPANESE = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_BEFORE = 60


def hints_at_search(texts: Iterable[str]) -> bool:
    """Whether any of these texts seems to ask who the worker is."""
    return any(next(_found_in(text), None) is not None for text in texts)


def _found_in(text: str) -> Iterator[str]:
    plain = _BESIDE_JAPANESE.sub("", unicodedata.normalize("NFKC", text))
    for sign in _SIGNS:
        for match in sign.pattern.finditer(plain):
            if not sign.spares.search(plain[max(0, match.start() - _BEFORE) : match.start()]):
                yield match.group()
