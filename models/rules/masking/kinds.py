"""The kinds of details by which somebody could be found, and the reasons for which a place in a text looks like one.

Source: domain, findings 7 to 9, and 4.2.
"""

from models.rules.labelled import Labelled


class Kind(Labelled):
    """A kind of detail by which somebody could be found."""

    # fmt: off
    NAME    = "name",    "人の名前",                   "A person's name"
    PHONE   = "phone",   "電話番号",                   "A telephone number"
    MAIL    = "mail",    "メールアドレス・アカウント", "A mail address or an account"
    ADDRESS = "address", "住所・郵便番号",             "An address or a postal code"
    NUMBER  = "number",  "お客様・受付・通話の番号",   "A customer's, a case's or a call's number"
    DAY     = "day",     "週より細かい日付",           "A day, finer than a week"
    HOUR    = "hour",    "時刻",                       "A time of day"
    PLACE   = "place",   "拠点・部署・地域の名前",     "A site, a department or a region"
    SHIFT   = "shift",   "勤務の時間帯",               "A shift"
    RARE    = "rare",    "少ない人にしか当てはまらないこと", "Something that is true of few people"
    # fmt: on


class Reason(Labelled):
    """Why a place in a text is pointed out, told to the counsellor beside it."""

    # fmt: off
    HONORIFIC  = "honorific",  "「様」「さん」などの敬称が付いています",               "A form of address such as 様 or さん follows"
    TITLE      = "title",      "「課長」「リーダー」などの役職が付いています",         "A title such as 課長 or リーダー stands beside it"
    SAYS_NAME  = "says_name",  "名乗るときや呼ぶときの言葉が前後にあります",           "Words for giving or calling a name stand beside it"
    DICTIONARY = "dictionary", "辞書で人の名前とされている言葉です",                   "The dictionary knows it as a person's name"
    PHONE      = "phone",      "電話番号の形をしています",                             "It has the form of a telephone number"
    EXTENSION  = "extension",  "内線番号です。職場と席が分かることがあります",         "An extension may show the workplace and the seat"
    MAIL       = "mail",       "メールアドレスの形をしています",                       "It has the form of a mail address"
    ACCOUNT    = "account",    "SNSのアカウントやページの宛先です",                    "An account or the address of a page"
    POSTAL     = "postal",     "郵便番号の形をしています",                             "It has the form of a postal code"
    ADDRESS    = "address",    "番地まで書かれた住所です",                             "An address down to the house number"
    NUMBERED   = "numbered",   "お客様・受付・通話などを特定する番号です",             "A number that points to a customer, a case or a call"
    LONG       = "long",       "桁の多い番号です",                                     "A number of many digits"
    CARD       = "card",       "カード番号のような桁の並びです",                       "Digits like those of a card"
    DAY        = "day",        "日が分かると、だれの当番だったかが分かることがあります", "A day may show who was on duty"
    RELATIVE   = "relative",   "書いた日から数えると、日が分かります",                 "The day follows from when it was written"
    WEEKDAY    = "weekday",    "曜日から、だれの当番だったかが分かることがあります",   "A weekday may show who was on duty"
    HOUR       = "hour",       "時刻から、通話と担当者が分かることがあります",         "A time may show the call and who took it"
    SITE       = "site",       "拠点の名前です",                                       "The name of a site"
    DEPARTMENT = "department", "部署やチームの名前です",                               "The name of a department or a team"
    FLOOR      = "floor",      "階から、職場が分かることがあります",                   "A floor may show the workplace"
    REGION     = "region",     "地名から、職場やお客様が分かることがあります",         "A region may show the workplace or the customer"
    SHIFT      = "shift",      "勤務の時間帯から、人が絞られます",                     "A shift narrows down who it is"
    NATIONALITY = "nationality", "国籍や出身は、職場で一人のことがあります",           "A nationality or an origin may be one person's alone"
    AGE        = "age",        "年齢から、人が絞られます",                             "An age narrows down who it is"
    ALONE      = "alone",      "一人しかいないと書かれています",                       "It says that there is nobody else"
    EMPLOYMENT = "employment", "雇用の形や勤めた年数から、人が絞られます",             "A kind of employment or its length narrows down who it is"
    PREGNANCY  = "pregnancy",  "妊娠や出産のことは、職場で知られていることがあります", "A pregnancy may be known at the workplace"
    DISABILITY = "disability", "障害や体のことは、職場で知られていることがあります",   "A disability may be known at the workplace"
    ILLNESS    = "illness",    "病気のことです。会社に渡す文章には書きません",         "An illness; it does not belong into a text for the company"
    FAMILY     = "family",     "家族の事情から、人が絞られます",                       "A family's circumstances narrow down who it is"
    GENDER     = "gender",     "性のあり方は、本人だけが話すことです",                 "Gender and orientation are told by the person alone"
    RELIGION   = "religion",   "信仰から、人が絞られます",                             "A faith narrows down who it is"
    DIALECT    = "dialect",    "話し方やお国言葉から、人が絞られます",                 "A dialect narrows down who it is"
    CAREER     = "career",     "前の仕事や役目から、人が絞られます",                   "A former job or an office held narrows down who it is"
    LANGUAGE   = "language",   "使える言葉から、人が絞られます",                       "A language spoken narrows down who it is"
    # fmt: on
