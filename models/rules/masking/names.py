"""Whose name it is: where a dictionary, a form of address, a title or the words around say that a person is named."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.rules.masking.found import Found
from models.rules.masking.kinds import Kind, Reason
from models.rules.masking.word import Word

# Between the parts of a whole name, so that a family name alone is told from the beginning of a longer one.
BETWEEN = "・"
CUSTOMER, BOSS, COLLEAGUE, WORKER, SOMEBODY = "お客様", "上司", "同僚", "相談者", "人物"

_TITLES = (
    r"(?:副|統括|代理|チーム)?(?:センター長|部長|課長|係長|次長|室長|班長|所長|支店長|店長|社長|専務|常務|会長|主任|主査|主事|主幹|リーダー"
    r"|サブリーダー|マネージャー|マネジャー|チーフ|スーパーバイザー|SV|LD|トレーナー|管理者)"
)
_ADDRESS = r"(?:様|さま|サマ|さん|サン|氏(?!名)|くん|君|クン|ちゃん|チャン|殿|先輩|先生)"
_AFTER_NAME = re.compile(rf"\s?(?:{_TITLES})(?:{_ADDRESS})?|\s?{_ADDRESS}")
_BOSS_BEFORE = re.compile(rf"(?:上司|上長|責任者|管理職|{_TITLES})(?:の|である|、)$")
_CUSTOMER_BEFORE = re.compile(r"(?:お客様?|お客さま|客|顧客|利用者|クレーマー|相手|契約者|会員)(?:の|である|、|は)$")
_COLLEAGUE_BEFORE = re.compile(r"(?:同僚|同期|後輩|先輩|隣の席|新人|オペレーター|スタッフ|派遣|パート)(?:の|である|、)$")
_WORKER_BEFORE = re.compile(r"(?:私|わたし|わたくし|僕|自分)(?:、|は|の名前は|、名前は)\s?$")
_WORKER_AFTER = re.compile(r"\s?(?:と申します|と言います|といいます|です。)")
_CUSTOMER_AFTER = re.compile(r"\s?(?:という(?:お客|男性|女性|方)|と名乗(?:る|った|られ|り)|名義)")
_SAYS_AFTER = re.compile(
    r"\s?(?:と(?:申し|名乗|いう(?:者|方|人|お客|男|女|名|オペ|スタッフ|担当)|言う(?:者|方|人|お客|男|女)|だけ(?:伺|聞)|しか|[、,])|という[、,]|って(?:いう|言う|名前|人|方)|を名乗)"
)
_SAYS_BEFORE = re.compile(
    r"(?:お名前|名前|氏名|フルネーム|名字|苗字|(?:担当(?:者)?|上司|同僚|同期|後輩|先輩|お客様?|お客さま|クレーマー|オペレーター|責任者|マネージャー|リーダー|SV)の?)"
    r"(?:は|が|の|で|、)[「『]?$"
)
_CALLED = re.compile(r"(?<=[「『])[^「」『』]{0,3}$")

# What carries a form of address or stands where a name could stand, and names nobody.
_NOBODY = re.compile(
    r"[お御ご]?(?:客|父|母|兄|姉|子|嬢|孫|爺|婆|医者|相手|宅|得意|隣|友達|偉い|年寄り|連れ|取引先|役所|弟|妹|皆|みな|みんな|奥|何|誰|旦那|主人|息子|娘|嫁|婿|坊"
    r"|世話|苦労|疲れ|馳走|貴|俺|各|他|同僚|同期|先輩|後輩|新人|派遣|パート|上司|上長|先方|部長|課長|係長|店長|主任|社長|遺族|家族|警察|刑事|大家|赤|屋|百姓|本人|たく|ユーザー|メーカー|モンスター|クレーマー"
    r"|オペレーター|リーダー|マネージャー|チーフ|スーパーバイザー|スタッフ|トレーナー|SV|かあ|とう|にい|ねえ|じい|ばあ|おじ|おば|おにい|おねえ|おかあ|おとう|おじい|おばあ|.{0,4}(?:者|員|客|係|師|士|手|屋|人|主|長))"
)
_NOBODY_WITH = re.compile(r"(?:王|女王|神|仏|殿|姫|天子|帝|奥|上)(?:様|さま)")
# Family names of one sign that are common words as well: names where somebody's part or a call stands before them.
_ONE_SIGN = "岸東西南北堀林森原関辻谷沢澤堺星泉滝畑浜島嶋桂楠柳榊菅椿牧堤岡梶栗橘秦轟乾巽要境坂杉松竹梅桜藤菊荒旭平辰今峰峯湊港宮城池沼川河山丘空金銀王李劉陳張黄呉許"
_PART_THEN_SIGN = re.compile(
    rf"(?:(?<=上司の)|(?<=先輩の)|(?<=後輩の)|(?<=同僚の)|(?<=同期の)|(?<=課長の)|(?<=部長の)|(?<=主任の)|(?<=店長の)|(?<=担当の)|(?<=SVの)|(?<=ダーの)|(?<=ジャーの)|(?<=マーの))[{_ONE_SIGN}](?=[もはがにをとへ、。」])"
    rf"|(?<=[「『])[{_ONE_SIGN}](?=(?:を(?:呼|出)|、|って))"
)
_NAMED_AS = re.compile(
    r"(?:お名前|名前|氏名|フルネーム|名字|苗字)(?:は|が|を|、)[「『]?(?P<it>[一-龠々]{2,5}|[ァ-ヶー]{2,10}|[ぁ-ん]{2,8}?)(?=[」』]|と(?:しか|だけ|い|言|の|名|申)|です|で、|さん|様|。)"
)
_SIGNS = {"kanji": r"[一-龠々ヶ]{1,5}", "kana": r"[ァ-ヶー]{2,10}", "hira": r"[ぁ-んー]{2,8}"}
_LONE = re.compile(r"[一-龠々]|[ぁ-んァ-ヶー]{1,2}")
_LATIN = re.compile(r"(?<![A-Za-z0-9@._-])(?:(?:Mr|Ms|Mrs|Dr)\.?\s?)?[A-Z](?:[a-z]+[\s.・]|\.\s?)[A-Z][a-z]+(?:\s[A-Z][a-z]+)?(?![A-Za-z@])")
_SHORT_KATAKANA = re.compile(r"[ァ-ヶ]{2,3}")
_JOINS = re.compile(r"[・=＝\s\u3000]")


@dataclass(frozen=True, slots=True)
class Called:
    """A bare name, how it is read, and where it stands."""

    start: int
    end: int
    reason: Reason
    reading: str


def names_in(text: str, words: Sequence[Word]) -> Iterator[Found]:
    """Every place in a plain text where a person is named; without an analysis, by the words around alone."""
    for called in (*_by_dictionary(text, words), *_by_words_around(text, words)):
        bare = text[called.start : called.end]
        if _NOBODY.fullmatch(bare):
            continue
        after = _AFTER_NAME.match(text, called.end)
        end = after.end() if after else called.end
        if _NOBODY_WITH.fullmatch(text, called.start, end):
            continue
        who = f"{called.reading or bare}"
        yield Found(Kind.NAME, _reason(called, after), called.start, end, who, _part_of(text, called, after))


def _reason(called: Called, after: re.Match[str] | None) -> Reason:
    if after is None:
        return called.reason
    return Reason.TITLE if re.match(rf"\s?{_TITLES}", after[0]) else Reason.HONORIFIC


def _part_of(text: str, called: Called, after: re.Match[str] | None) -> str:
    """Which part the named one plays, as far as the words beside say it."""
    before, behind = text[max(0, called.start - 14) : called.start], after[0].strip() if after else ""
    rest = text[called.end + len(behind) : called.end + 14]
    rows = (
        (WORKER, not behind and (_WORKER_BEFORE.search(before) or re.match(r"\s?と申します", rest))),
        (BOSS, re.match(_TITLES, behind) or _BOSS_BEFORE.search(before)),
        (COLLEAGUE, re.match(r"先輩|ちゃん|くん|君", behind) or _COLLEAGUE_BEFORE.search(before)),
        (CUSTOMER, re.match(r"様|さま|サマ|殿|氏", behind) or _CUSTOMER_BEFORE.search(before)),
        (CUSTOMER, _CUSTOMER_AFTER.match(rest)),
        (COLLEAGUE, re.match(r"という(?:先輩|後輩|同僚|同期|オペレーター|スタッフ|新人)", rest)),
        (BOSS, re.match(rf"という(?:上司|上長|管理職|{_TITLES})", rest)),
    )
    return next((part for part, holds in rows if holds), SOMEBODY)


def _by_dictionary(text: str, words: Sequence[Word]) -> Iterator[Called]:
    for run in _runs(text, words):
        first, last = run[0], run[-1]
        bare = text[first.start : last.end]
        alone = len(run) == 1 and not _AFTER_NAME.match(text, last.end)
        around = _SAYS_AFTER.match(text, last.end) or _SAYS_BEFORE.search(text[max(0, first.start - 14) : first.start])
        # A single sign, or two of kana, is far more often a common word: it needs something beside it that says so.
        if alone and not around and _LONE.fullmatch(bare):
            continue
        yield Called(first.start, last.end, Reason.DICTIONARY, BETWEEN.join(word.reading for word in run))


def _runs(text: str, words: Sequence[Word]) -> list[list[Word]]:
    """Names of persons that stand together: a family name with the given name, joined or with a sign between."""
    runs: list[list[Word]] = []
    people = [word for word in words if word.is_person]
    for before, word in pairwise([None, *people]):
        if word is None:
            continue
        if before is not None and (before.end == word.start or _joined(text, before, word)):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _joined(text: str, before: Word, word: Word) -> bool:
    return word.start - before.end == 1 and _JOINS.fullmatch(text[before.end]) is not None


def _by_words_around(text: str, words: Sequence[Word]) -> Iterator[Called]:
    """What a form of address or the giving of a name points to, though no dictionary knows it."""
    for signs in _SIGNS.values():
        for match in re.finditer(rf"(?<!{signs[: signs.index(']') + 1]})(?P<it>{signs}){_ADDRESS}(?!々|子|付|の際)", text):
            yield from _called(match, words, Reason.HONORIFIC)
        for match in re.finditer(rf"(?<!{signs[: signs.index(']') + 1]})(?P<it>{signs})(?={_TITLES}(?!会|級|職))", text):
            yield from _called(match, words, Reason.TITLE)
        for match in re.finditer(rf"(?<!{signs[: signs.index(']') + 1]})(?P<it>{signs})(?={_SAYS_AFTER.pattern})", text):
            yield from _called(match, words, Reason.SAYS_NAME)
    for match in _NAMED_AS.finditer(text):
        yield from _called(match, words, Reason.SAYS_NAME)
    for alone in (_LATIN, _PART_THEN_SIGN):
        for match in alone.finditer(text):
            yield Called(*match.span(), Reason.SAYS_NAME, "")


def _called(match: re.Match[str], words: Sequence[Word], reason: Reason) -> Iterator[Called]:
    start, end = match.span("it")
    inside = [word for word in words if word.start < end and word.end > start]
    if inside:
        # The name begins with the last words that could be one: in 今日は宮内さん that is 宮内 alone.
        start = max(start, _where_the_name_begins(inside, end))
        if start >= end or _is_common(match.string, inside, start, end, reason):
            return
    yield Called(start, end, reason, "")


def _where_the_name_begins(inside: Sequence[Word], end: int) -> int:
    begins = end
    for word in reversed(inside):
        if not word.is_noun or word.end > end:
            break
        begins = word.start
    return begins


def _is_common(text: str, inside: Sequence[Word], start: int, end: int, reason: Reason) -> bool:
    """Whether what stands there is a common noun that the dictionary knows, and so no name."""
    named = [word for word in inside if word.start >= start and word.end <= end]
    is_katakana = _SHORT_KATAKANA.fullmatch(text[start:end]) is not None
    common = [word for word in named if word.is_known and word.parts[1:2] == ("普通名詞",)]
    # A single sign such as 東, or a short word such as ラン, is a name where a form of address follows it.
    is_short = end - start == 1 or is_katakana
    return bool(common) and len(common) == len(named) and not (is_short and reason is Reason.HONORIFIC)
