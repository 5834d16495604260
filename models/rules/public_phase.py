"""What the consulter sees of the state of her case: a phase, what happens now, and what comes next (domain section 6.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.rules.case_lifecycle import CaseState
from models.rules.labelled import Labelled


class PublicPhase(Labelled):
    """What the consulter sees of the state: five phases, one after another (domain section 6.1)."""

    # fmt: off
    RECEIVED     = "received",     "受付",         "Received"
    CHECKING     = "checking",     "確認中",       "Being checked"
    WITH_COMPANY = "with_company", "会社対応中",   "With the company"
    RESULT       = "result",       "結果のご案内", "The result"
    OVER         = "over",         "終了",         "Finished"
    # fmt: on


@dataclass(frozen=True, slots=True)
class PlainWords:
    """What is happening now and what comes next, said to the consulter."""

    phase: PublicPhase
    now_ja: str
    next_ja: str
    now_en: str
    next_en: str

    def now(self, locale: str) -> str:
        """What is happening now."""
        return self.now_en if locale.lower().startswith("en") else self.now_ja

    def next(self, locale: str) -> str:
        """What comes next."""
        return self.next_en if locale.lower().startswith("en") else self.next_ja


_P, _S = PublicPhase, CaseState
_WORDS: Mapping[CaseState, PlainWords] = MappingProxyType(
    {
        _S.RECEIVED: PlainWords(
            _P.RECEIVED,
            "ご相談を受け付けました。相談員は、これから読みます。",
            "相談員が読み、この画面でご連絡します。",
            "Your consultation has arrived. Nobody has read it yet.",
            "A counselor will read it and write to you here.",
        ),
        _S.TRIAGE: PlainWords(
            _P.CHECKING,
            "相談員がお話の内容を確認しています。会社にはまだ何も伝えていません。",
            "お尋ねしたいことや、会社へ伝える内容の確認を、この画面でお願いすることがあります。",
            "A counselor is reading what you wrote. Nothing has been told to the company.",
            "We may ask you something here, or show you what could be told to the company.",
        ),
        _S.NEED_INFO: PlainWords(
            _P.CHECKING,
            "相談員からお尋ねしたいことがあります。",
            "メッセージをご覧になり、答えられる範囲でお返事ください。お返事がなくても、分かる範囲で進めます。",
            "A counselor has a question for you.",
            "Please read the message and answer what you can. Without an answer we go on with what we know.",
        ),
        _S.AWAIT_CONSENT: PlainWords(
            _P.CHECKING,
            "会社に伝える文章の案ができました。あなたの同意がないかぎり、会社には伝えません。",
            "文章をご覧になり、伝えてよいか、直してほしいか、伝えないかをお選びください。",
            "A draft of what the company would be told is ready. Without your consent it is not told.",
            "Please read it and choose: it may be told, it should be changed, or it should not be told.",
        ),
        _S.READY: PlainWords(
            _P.CHECKING,
            "ご確認いただいた文章を、会社の責任者へ送る準備をしています。",
            "送ったときは、この画面でお知らせします。送る前であれば、同意を取り消せます。",
            "We are preparing to send the text you approved to the company's responsible officer.",
            "We will tell you here when it is sent. Until then you can still take your consent back.",
        ),
        _S.ROUTED: PlainWords(
            _P.WITH_COMPANY,
            "会社の責任者へ、ご確認いただいた文章を送りました。",
            "責任者が受け取りを確認すると、この画面に表示されます。返事がなければ事務局から催促します。",
            "The text you approved has been sent to the company's responsible officer.",
            "You will see here when the officer confirms receipt. If no answer comes, we remind them.",
        ),
        _S.REROUTE: PlainWords(
            _P.WITH_COMPANY,
            "会社側の受け取り手を変更しています。",
            "新しい担当の方へ送ったときに、この画面でお知らせします。",
            "We are changing who receives it at the company.",
            "We will tell you here when it has been sent to the new person.",
        ),
        _S.RECALLED: PlainWords(
            _P.CHECKING,
            "会社への転送を取り消しました。",
            "事務局で状況を確かめ、この画面でご説明します。",
            "We have recalled what was sent to the company.",
            "We are finding out what happened and will explain it to you here.",
        ),
        _S.ACKED: PlainWords(
            _P.WITH_COMPANY,
            "会社の責任者が受け取りを確認しました。",
            "会社が事実の確認と対応を始めます。期限は事務局が見ています。",
            "The company's responsible officer has confirmed receipt.",
            "The company now looks into it and acts. We keep watch over the deadlines.",
        ),
        _S.IN_ACTION: PlainWords(
            _P.WITH_COMPANY,
            "会社が対応を進めています。",
            "対応が終わると、会社から事務局に報告書が届きます。",
            "The company is acting on it.",
            "When it has finished, it sends us a report.",
        ),
        _S.RESPONDED: PlainWords(
            _P.WITH_COMPANY,
            "会社は、対応を行ったと記録しています。報告書はまだ届いていません。",
            "報告書が届きしだい、事務局が内容を確認します。",
            "The company has noted that it acted. Its report has not arrived yet.",
            "When the report arrives, we check it.",
        ),
        _S.REPORTED: PlainWords(
            _P.WITH_COMPANY,
            "会社から報告書が届きました。",
            "事務局が内容を確認します。足りないところがあれば、会社に書き直しを求めます。",
            "The company's report has arrived.",
            "We check it. If something is missing, we ask the company to complete it.",
        ),
        _S.REVIEW: PlainWords(
            _P.WITH_COMPANY,
            "事務局が会社の報告を確認しています。",
            "確認が終わりましたら、結果をこの画面でお伝えします。",
            "We are checking the company's report.",
            "When we have finished, we tell you the result here.",
        ),
        _S.FEEDBACK: PlainWords(
            _P.RESULT,
            "結果をお伝えする段階です。",
            "ご案内をご覧ください。納得できないときは、その旨をお知らせください。もう一度確認します。",
            "We are telling you the result.",
            "Please read it. If you are not satisfied, tell us and we look at it again.",
        ),
        _S.MONITOR: PlainWords(
            _P.RESULT,
            "その後の様子を見守っています。",
            "変わったことや困ったことがあれば、いつでもこの画面からお知らせください。",
            "We are watching how things go on.",
            "If anything changes or troubles you, write to us here at any time.",
        ),
        _S.ADVICE: PlainWords(
            _P.CHECKING,
            "会社には伝えずに、相談員がお手伝いしています。",
            "相談員からの助言は、この画面に届きます。気持ちが変わったときは、あらためて会社へ伝えることもできます。",
            "A counselor is helping you without telling the company.",
            "The counselor's advice comes to this page. If you change your mind, the company can still be told.",
        ),
        _S.CLOSED: PlainWords(
            _P.OVER,
            "このご相談は終了しました。",
            "終了から12か月のあいだは、この受付コードで読み返したり、再開をお願いしたりできます。",
            "This consultation is finished.",
            "For 12 months you can read it again with your receipt, or ask us to reopen it.",
        ),
        _S.WITHDRAWN: PlainWords(
            _P.OVER,
            "お申し出により、ご相談を取り下げました。",
            "事務局が終了の手続きをします。すでに会社へ伝わったことは、取り消せない場合があります。",
            "The consultation has been withdrawn as you asked.",
            "We will close it. What the company has already been told may not be possible to undo.",
        ),
    }
)


def plain_words(state: CaseState) -> PlainWords:
    """What the consulter is told about a state: now, and next."""
    return _WORDS[state]


def phase_of(state: CaseState) -> PublicPhase:
    """The phase that the consulter sees for a state."""
    return _WORDS[state].phase
