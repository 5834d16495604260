"""What can be told by its form alone: numbers, addresses, days, hours, shifts, sites. One row, one form."""

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from models.rules.masking.found import Found
from models.rules.masking.kinds import Kind, Reason
from models.rules.masking.moments import hours_instead, month_instead, weekday_instead

_K, _R = Kind, Reason
_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?:(?:(?:明治|大正|昭和|平成|令和|[SHR]\.?)(?:\d{1,2}|元|[一二三四五六七八九十]{1,3})年?|\d{4}年)度?の?)"
_MONTH_OF = r"(?:(?:今年|去年|昨年|一昨年|おととし|前年|同年)の?)"
_WEEKDAY_BESIDE = r"(?:\s?[(\[][月火水木金土日](?:曜日?)?(?:[・,、]?祝)?[)\]]|の?[月火水木金土日]曜日?)"
_DASH = r"[-‐‑‒–—―−ー]"
_NAMED = (
    r"(?:お客様|お客さま|顧客|会員|契約者?|受付|受注|注文|お?問い?合わ?せ|通話|コール|案件|管理|整理|伝票|請求|予約|申込み?|社員|従業員"
    r"|オペレーター|スタッフ|口座|カード|証券|保険証?|製造|機器|チケット|応対|録音|個人|車両|端末|回線|発注|出荷|配送|事故|クレーム)"
)
_SITE_SIGNS = r"[一-龠々ァ-ヶーA-Za-z0-9]"


@dataclass(frozen=True, slots=True)
class Form:
    """One form: what it is, why it is pointed out, what stands instead, and the expression; the group ``it`` is covered."""

    kind: Kind
    reason: Reason
    noun: str
    expression: re.Pattern[str]
    instead: Callable[[str], str] | None = None
    digits: range | None = None


def _form(
    kind: Kind,
    reason: Reason,
    noun: str,
    expression: str,
    instead: Callable[[str], str] | None = None,
    *,
    digits: range | None = None,
) -> Form:
    return Form(kind, reason, noun, re.compile(expression), instead, digits)


# With the trunk prefix a Japanese number has ten digits or eleven; with +81 it may have twelve.
_DIALLED = range(10, 13)


def _always(words: str) -> Callable[[str], str]:
    return lambda _found: words


# Where two forms cover one place, the longer one is kept, and of two as long the one that stands first here.
# fmt: off
FORMS: tuple[Form, ...] = (
    _form(_K.MAIL,    _R.MAIL,    "メールアドレス", r"(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"),
    _form(_K.MAIL,    _R.ACCOUNT, "アカウント",     r"(?<![A-Za-z0-9._+@-])@[A-Za-z0-9_.]{3,30}"),
    _form(_K.MAIL,    _R.ACCOUNT, "ページ",         r"(?:https?://|www\.)[!-~]{3,200}"),
    _form(_K.MAIL,    _R.ACCOUNT, "アカウント",     r"(?i:LINE|ライン|インスタ|Instagram|カカオ|Skype)(?:の)?(?:ID|アカウント)[はがの:\s]*(?P<it>[A-Za-z0-9_.-]{3,30})"),
    _form(_K.PHONE,   _R.PHONE,   "電話番号",       rf"(?<![\d-])(?:\+81\s?{_DASH}?\s?\d{{1,4}}|\(0\d{{1,4}}\)|0\d{{1,4}})[(\s]?{_DASH}?\s?\d{{1,4}}[)\s]?{_DASH}?\s?\d{{3,4}}(?![\d-])", digits=_DIALLED),
    _form(_K.PHONE,   _R.EXTENSION, "内線番号",     r"内線(?:番号)?[はがのへ:\s]*(?P<it>\d{2,6})(?!\d)"),
    _form(_K.ADDRESS, _R.POSTAL,  "郵便番号",       rf"〒\s?\d{{3}}{_DASH}?\d{{4}}(?!\d)|(?<![\dA-Za-z-])\d{{3}}{_DASH}\d{{4}}(?![\d-])"),
    _form(_K.ADDRESS, _R.ADDRESS, "住所",           rf"(?:(?:〒\s?)?\d{{3}}{_DASH}\d{{4}}\s?)?(?:(?:北海道|東京都|京都府|大阪府|[一-龠]{{2,3}}県)[^\s、。「」]{{0,12}}?|(?<![一-龠])[一-龠]{{1,5}}[市区町村郡])"
                                                    rf"[一-龠ぁ-んァ-ヶー]{{0,12}}?[0-9一二三四五六七八九十]{{1,4}}(?:丁目|番地|番|号|{_DASH}|の)[0-9一二三四五六七八九十番地号丁目の‐-―−ー-]{{0,14}}"
                                                    r"(?:\s?[一-龠ァ-ヶーA-Za-z]{2,14}\s?[0-9]{2,4}(?:号室)?)?"),
    _form(_K.NUMBER,  _R.CARD,    "番号",           rf"(?<![\d-])\d{{4}}[\s]?{_DASH}?\d{{4}}\s?{_DASH}?\d{{4}}\s?{_DASH}?\d{{2,4}}(?![\d-])"),
    _form(_K.NUMBER,  _R.NUMBERED, "番号",          rf"{_NAMED}の?(?:番号|ID|Id|id|No\.?|NO\.?|№|コード|ナンバー)(?:の?[下上][四4三3五5六6]?[桁ケタけた]+)?[はがの:、\s]{{0,3}}(?P<it>[A-Za-z0-9][A-Za-z0-9_/]*(?:{_DASH}[A-Za-z0-9]+)*)"),
    _form(_K.NUMBER,  _R.NUMBERED, "番号",          r"[下末][四4三3五5六6]?[桁ケタ](?:[はがの:、\s]|番号){0,3}(?P<it>\d{3,6})(?!\d)"),
    _form(_K.NUMBER,  _R.NUMBERED, "番号",          rf"(?<![A-Za-z0-9])(?=[A-Z0-9‐-―−ー-]{{0,20}}\d{{3}})[A-Z]{{1,4}}{_DASH}?\d{{2,40}}(?:{_DASH}[A-Z0-9]{{1,20}}){{0,6}}(?![A-Za-z0-9])"),
    _form(_K.NUMBER,  _R.LONG,    "番号",           r"(?<![\d.,/-])(?=(?:\d[_‐-―−ー-]?){7})\d{2,40}(?:[_‐-―−ー-]\d{2,40}){0,9}(?![\d/年円人件回名万千億個%])"),

    _form(_K.DAY,     _R.DAY,     "",               rf"(?:{_YEAR}|{_MONTH_OF})?{_N}月の?(?:{_N}日(?!間)|末日|晦日|一日)(?:{_WEEKDAY_BESIDE})?", month_instead),
    _form(_K.DAY,     _R.DAY,     "",               rf"(?:先月|今月|来月|同月|翌月|先々月)の?(?:{_N}日(?!間)|末日)(?:{_WEEKDAY_BESIDE})?", month_instead),
    _form(_K.DAY,     _R.DAY,     "",               rf"(?<!\d)\d{{4}}[/.-](?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|[12]\d|3[01])(?![\d/-])(?:{_WEEKDAY_BESIDE})?", month_instead),
    _form(_K.DAY,     _R.DAY,     "",               rf"(?<![\d/.-])(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?![\d/-])(?:{_WEEKDAY_BESIDE})?", month_instead),
    _form(_K.DAY,     _R.DAY,     "",               rf"(?<![\d月一二三四五六七八九十./])(?!一日|1日)(?P<it>{_N}日)(?!間|以内|目|以上|ほど|おき|ごと|連続|連勤|分|くらい|ぐらい|[はにで]?もた|前|後|に[一1二]度|に[一1]回|かけて|休|酔|坊主|ぶり|締)(?:{_WEEKDAY_BESIDE})?", _always("ある日")),
    _form(_K.DAY,     _R.RELATIVE, "",              r"(?:[二三四五六2-6]、?)?(?:\d{1,2}|[一二三四五六七八九十]{1,2}|数|何)日(?:ほど|くらい|ぐらい)?前", _always("数日前")),
    _form(_K.DAY,     _R.RELATIVE, "",              r"一昨日|おとつい|おととい(?!し)|さきおととい|昨日|きのう(?![いえおねのよ]|う)|(?:今日|本日)(?!中|日|限り)|きょう(?=は|の|も|、)", _always("最近")),
    _form(_K.DAY,     _R.RELATIVE, "",              r"今朝|けさ(?=も|の|、|は|から)", _always("ある朝")),
    _form(_K.DAY,     _R.RELATIVE, "",              r"昨夜|昨晩|ゆうべ|前夜|前の晩|今夜|今晩", _always("ある夜")),
    _form(_K.DAY,     _R.RELATIVE, "",              r"翌日|翌朝|次の日|あくる日|翌々日|明日|あさって|明後日", _always("その後")),
    _form(_K.DAY,     _R.RELATIVE, "",              r"前日|前の日", _always("その前")),
    _form(_K.DAY,     _R.WEEKDAY, "",               r"(?:毎週|隔週|先々週|先週|今週|来週|翌週|前の週|次の週)?の?[月火水木金土日]曜日?(?:[・、と]?(?:と|や)?[月火水木金土日]曜日?)*", weekday_instead),
    _form(_K.DAY,     _R.WEEKDAY, "",               r"(?:毎週|隔週)の?[月火水木金土日](?:[・、][月火水木金土日])*(?![一-龠])", weekday_instead),
    _form(_K.DAY,     _R.DAY,     "",               r"大晦日|元日|元旦|クリスマス(?:イブ|イヴ)?|バレンタイン(?:デー)?|誕生日", _always("ある日")),

    _form(_K.HOUR,    _R.HOUR,    "",               rf"(?:(?:午前|午後|早朝|朝|昼|夕方|夜中|深夜|未明|夜|明け方|AM|PM|am|pm)の?)?(?<![\d一二三四五六七八九十])(?:\d{{1,2}}|[二三四五六七八九十零]{{1,3}})時(?!間|点|期|代|給|計|短|々)(?:半|{_N}分|[二三四五][十]?[一二三四五六七八九]?分)?(?:頃|ごろ|すぎ|過ぎ|前|ちょうど|きっかり|ぴったり)?", hours_instead),
    _form(_K.HOUR,    _R.HOUR,    "",               r"(?:午前|午後|早朝|朝|昼|夜中|深夜|未明|夜)の?一時(?!的|間|期)(?:半|[一二三四五十\d]{1,3}分)?(?:頃|ごろ|すぎ|過ぎ|前|ちょうど)?", hours_instead),
    _form(_K.HOUR,    _R.HOUR,    "",               r"(?:(?:午前|午後|AM|PM|am|pm|朝|夜|昼)の?\s?)?(?<![\d:])(?:[01]?\d|2[0-9]):[0-5]\d(?::[0-5]\d)?(?:\s?(?:AM|PM|am|pm))?(?![\d:])(?:頃|ごろ|すぎ|過ぎ)?", hours_instead),

    _form(_K.SHIFT,   _R.SHIFT,   "勤務帯",         r"準?夜勤(?:明け|帯)?|日勤帯?|早番|遅番|中番|通し番|夜番|朝番|早出|遅出|宿直|当直|(?:準?深夜|早朝|夜間|朝|夜|土日|週末|[A-Z])(?:シフト|勤務?(?![一-龠])|帯)|深夜勤務?|(?<![一-龠])[早遅中]出?シフト"),

    _form(_K.PLACE,   _R.FLOOR,   "フロア",         r"(?<![\d一二三四五六七八九十])(?:地下|B)?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:階(?![級段層])|F(?![A-Za-z]))(?:フロア)?"),
    _form(_K.PLACE,   _R.SITE,    "拠点",           rf"(?!他|各|同|全|両|本|当|別|某|御|貴){_SITE_SIGNS}{{0,10}}?(?:第[一二三四五六七八九十\d]{{1,2}})(?:コール|コンタクト|カスタマー|サポート|受注|営業)?(?:センター|拠点|事業所|営業所|オフィス|ビル|工場|分室)"),
    _form(_K.PLACE,   _R.SITE,    "拠点",           r"(?<![一-龠々ァ-ヶー])(?!相談|客様|電話|消費|受付|受注|受信|発信|業務|総合|物流|配送|医療|救命|救急|健康|文化|保健|労働|支援|地域|国民|通信|当|同|別|他|各|全|両|本|某|御|貴|新|旧)[一-龠々]{2,6}(?:コール|コンタクト|カスタマー|サポート)?センター(?!長)"),
    _form(_K.PLACE,   _R.SITE,    "拠点",           r"(?!他|各|同|全|両|本社|当|別|某|御|貴|最寄|複数|新|旧|弊|自)[一-龠々ァ-ヶー]{1,8}(?<!最寄)(?<!うち)(?:営業所|支店|支社|事業所|オフィス|センタービル|ビル|工場|分室|出張所|支所)"),
    _form(_K.PLACE,   _R.DEPARTMENT, "部署",        r"(?:[一二三四五六七八九十]|\d{1,2}|[A-Z])(?:番|号)?(?:窓口|チーム|グループ|班|課|係|ブース|島)(?!目|長)"),
    _form(_K.PLACE,   _R.DEPARTMENT, "部署",        r"(?!相談|苦情|専用|お客|顧客|社内|社外|外部|内部|各|同|別|他|そ|受付|総合|担当|特別|専門|公的|行政|労働|問)(?:[ァ-ヶー]{2,12}|[一-龠]{2,6}|[ァ-ヶー]{2,10}[一-龠]{1,4}|[一-龠]{1,4}[ァ-ヶー]{2,10})(?:第?[一二三四五六七八九十\d])?(?:課(?![題金税])|チーム|窓口|デスク|グループ|班(?!長))(?!長)"),
)
# fmt: on


def forms_in(text: str, kinds: Container[Kind]) -> Iterator[Found]:
    """Every place in a plain text that has one of the forms of these kinds; places may overlap."""
    for form in FORMS:
        if form.kind not in kinds:
            continue
        for match in form.expression.finditer(text):
            start, end = match.span("it") if "it" in form.expression.groupindex else match.span()
            words = text[start:end]
            if form.digits is not None and sum(sign.isdigit() for sign in words) not in form.digits:
                continue
            instead = form.instead(words) if form.instead else ""
            yield Found(form.kind, form.reason, start, end, words, form.noun, instead)
