"""Whether a new password is strong enough: not leaked, not common, not made of what others know of its owner."""

from __future__ import annotations

from flask_babel import gettext as _

from app.people.queries import mail_of, name_of
from app.pipeline.clock import now
from models.person import Person
from models.rules.passwords import OUR_WORDS, Weakness, made_of, own_words, password_rule_at

# The estimate takes the longer the more there is to compare; the beginning alone can only be easier to guess.
LONGEST_ESTIMATED = 72


def refusal_of(password: str, person: Person | None) -> str | None:
    """Why this person must not have this password, in words that say what to do; None when it is good."""
    own = own_words(name=name_of(person), mail=mail_of(person)) if person is not None else frozenset()
    weakness = made_of(password, own=own) or _too_common(password, own)
    if weakness is Weakness.OURS:
        return str(_("このサービスの名前は、だれでも最初に試します。名前を入れないパスワードにしてください。"))
    if weakness is Weakness.OWN:
        return str(_("お名前やメールアドレスと同じ言葉が入っています。ほかの人が知らない言葉だけで作ってください。"))
    if weakness is Weakness.COMMON:
        return str(
            _(
                "多くの人が使っている言葉や並びなので、すぐに見破られます。"
                "関係のない言葉をいくつかつなげるなど、もっと長いものにしてください。"
            )
        )
    return None


def _too_common(password: str, own: frozenset[str]) -> Weakness | None:
    # Its lists take memory: only the processes in which somebody sets a password load them.
    from zxcvbn_rs_py import zxcvbn  # noqa: PLC0415

    estimate = zxcvbn(password[:LONGEST_ESTIMATED], [*OUR_WORDS, *sorted(own)])
    return Weakness.COMMON if estimate.guesses < password_rule_at(now()).least_guesses else None
