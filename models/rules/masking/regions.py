"""Names of places and departments that only an analysis tells from common words."""

import re
from collections.abc import Iterator, Sequence

from models.rules.masking.found import Found
from models.rules.masking.kinds import Kind, Reason
from models.rules.masking.word import Word

_WITHIN = re.compile(r"(?:都|府|県|道)?(?:市|区|町|村)?(?:内|駅前?|エリア|地区|本社)?")
# What may follow the name of a place and makes it the name of a site.
_SITE = re.compile(
    r"(?:第[一二三四五六七八九十\d]{1,2})?(?:コール|コンタクト|カスタマー|サポート)?(?:センター|拠点|事業所|営業所|支店|支社|オフィス|ビル|工場|分室)(?!長)"
)
_NO_REGION = re.compile(r"弁|語|系|人|訛|なまり|料理|時間|銀行|電力|ガス|新聞")


def regions_in(text: str, words: Sequence[Word]) -> Iterator[Found]:
    """Every region that is named, with what makes it a site."""
    for word in words:
        if not word.is_region or _NO_REGION.match(text, word.end):
            continue
        end = _WITHIN.match(text, word.end).end()  # type: ignore[union-attr]  # Every part of it may be missing.
        site = _SITE.match(text, end)
        if site:
            yield Found(Kind.PLACE, Reason.SITE, word.start, site.end(), text[word.start : site.end()], "拠点")
        else:
            yield Found(Kind.PLACE, Reason.REGION, word.start, end, text[word.start : end], "地域")
