"""Whether an officer's words ask who the worker is (domain 2.3, 4.2 and 7.47): a hint for the counsellor, no verdict."""

import re
from collections.abc import Iterable

# The question and its usual disguises. A hit shows the counsellor a hint and the officer the standing answer; a miss
# is no promise, and so the guidance stands beside every copy.
_ASKS_WHO = re.compile(
    r"誰(?:です|でしょう|なの|か|が(?:相談|通報|申告|言っ|書い))|だれ(?:です|でしょう|が(?:相談|通報|申告))|どなた(?:です|でしょう|から|が)"
    r"|(?:相談者|通報者|申告者|本人|投稿者)(?:の|を)?(?:氏名|名前|特定|身元|所属|社員番号|連絡先を教え)"
    r"|(?:氏名|名前|お名前|社員番号|身元)を?(?:教え|知りたい|開示|お知らせ|確認したい)"
    r"|特定(?:し(?:た|て|ま)|したい|できれば)|犯人探し|心当たりのある(?:者|人|社員)"
    r"|who (?:is it|is (?:she|he|the (?:worker|reporter|employee))|wrote|reported|complained)"
    r"|(?:name|identity) of the (?:worker|reporter|employee|person)",
    re.IGNORECASE,
)


def hints_at_search(texts: Iterable[str]) -> bool:
    """Whether any of these texts seems to ask who the worker is."""
    return any(_ASKS_WHO.search(text) for text in texts)
