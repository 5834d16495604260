"""What stands instead of a day or an hour: a third of the month, a part of the day."""

import re

_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_FIRST_THIRD, _SECOND_THIRD = 10, 20
_NIGHT, _NOON, _EVENING, _MIDNIGHT = 5, 12, 18, 24

# What says which half of the day is meant, so that an hour of twelve can be told.
_BEFORE_NOON = ("午前", "早朝", "朝", "未明", "明け方", "AM", "am")
_AFTER_NOON = ("午後", "昼", "夕方", "PM", "pm")
_AT_NIGHT = ("夜中", "深夜")


def number_in(words: str) -> int | None:
    """A number of up to two digits, in figures or in Japanese: 12, 十二, 二十."""
    if words.isdigit():
        return int(words)
    if not words or set(words) - set(_DIGITS) - {"十", "零", "〇"}:
        return None
    if words in {"零", "〇"}:
        return 0
    tens, ten, ones = words.partition("十")
    if not ten:
        return _DIGITS[tens] if len(tens) == 1 and tens in _DIGITS else None
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)


def month_instead(words: str) -> str:
    """11月3日(火) becomes 11月上旬; the year stays as it was written."""
    digits = re.match(r"(?:(\d{4})[/.-])?(\d{1,2})[/.-](\d{1,2})", words)
    if digits:
        year = f"{digits[1]}年" if digits[1] else ""
        return f"{year}{int(digits[2])}月{_third(int(digits[3]))}"
    month = re.match(r"(.*月)の?(?:([0-9一二三四五六七八九十]{1,3})日|末日|晦日)", words)
    if month is None:
        return "ある日"
    day = number_in(month[2]) if month[2] else _SECOND_THIRD + 1
    return f"{month[1]}{_third(day)}" if day else "ある日"


def _third(day: int) -> str:
    if day <= _FIRST_THIRD:
        return "上旬"
    return "中旬" if day <= _SECOND_THIRD else "下旬"


def weekday_instead(words: str) -> str:
    """先週の火曜日 becomes 先週; 毎週月曜 keeps that it comes again and again."""
    week = re.match(r"毎週|隔週|先々週|先週|今週|来週|翌週|前の週|次の週", words)
    if week is None:
        return "ある曜日"
    return f"{week[0]}決まった曜日" if week[0] in {"毎週", "隔週"} else f"{week[0]}"


def hours_instead(words: str) -> str:
    """午後3時ごろ becomes 午後; an hour of twelve without a word for the half of the day stays open."""
    found = re.search(r"(\d{1,2}|[一二三四五六七八九十零]{1,3})(?:時|:)", words)
    hour = number_in(found[1]) if found else None
    if hour is None:
        return "ある時刻"
    if any(part in words for part in _AT_NIGHT):
        return "深夜"
    if any(part in words for part in _AFTER_NOON):
        return _part_of_day(hour + _NOON if hour < _NOON else hour)
    if any(part in words for part in _BEFORE_NOON):
        return _part_of_day(hour)
    if "夜" in words:
        return "深夜" if hour < _NIGHT or hour >= _NOON else "夜"
    return _part_of_day(hour) if hour >= _NOON or hour == 0 or ":" in words else "ある時刻"


def _part_of_day(hour: int) -> str:
    if hour < _NIGHT or hour >= _MIDNIGHT:
        return "深夜"
    if hour < _NOON:
        return "午前"
    return "午後" if hour < _EVENING else "夜"
