"""Whether a machine wrote a mail: such a mail is counted, and never read, answered or forwarded (RFC 3834).

Half of all out-of-office replies do not say so in Auto-Submitted; they are known by what Exchange,
Apple and older programs put beside it, and by their subjects.
"""

import re

from campaigns.delivery.inbound.fields import Fields, words_of

LOOP = "x-askwell-loop"  # on everything we pass on
NAMES = (
    *("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-auto-response-suppress"),
    *("x-ms-exchange-inbox-rules-loop", "x-ms-exchange-generated-message-source", "x-fc-machinegenerated"),
    *("x-mdwautoreply", "x-vacation", "list-id", "feedback-id", LOOP),
)
PRECEDENCE = frozenset({"auto_reply", "auto-reply", "bulk", "junk", "list"})
ROBOTS = re.compile(r"^(mailer-?daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([-+.].*)?@", re.IGNORECASE)
SUBJECT = re.compile(
    r"^\W*(re: ?|aw: ?|fwd?: ?|auto: ?)?\W*("
    r"auto(matic|mated|matische|matisches)?[ -]?(re(ply|sponse)|response|antwort|svar|vastaus)\b"
    r"|out of (the )?office|ooo\b"
    r"|vacation (reply|notice|message)|on (vacation|holiday|annual leave|leave)\b|away from (my|the) (office"
    r"|desk|mail)|i am away"
    r"|away until|abwesenheit|abwesend|nicht im (büro|haus)|automatische antwort|réponse automatique"
    r"|absence du bureau|absent"
    r"|respuesta automática|fuera de (la )?oficina|ausente|risposta automatica|fuori (sede|ufficio)|assente"
    r"|resposta automática|fora do escritório|automatisch antwoord|afwezig|niet aanwezig|frånvaro|autosvar"
    r"|fravær|poissa"
    r"|automaattinen|autoodpowiedź|automatyczna odpowiedź|nieobecność|poza biurem|automatická odpověď|mimo kancelář"
    r"|automatikus válasz|házon kívül|răspuns automat|автоответ|автоматический ответ|вне офиса|otomatik yanıt"
    r"|ofis dışında"
    r"|αυτόματη απάντηση|自動返信|自動応答|不在|自动回复|自動回覆|自動回復|자동 ?(응답|회신)|부재중|رد تلقائي"
    r"|תגובה אוטומטית|מענה אוטומטי"
    r")",
    re.IGNORECASE,
)


def is_automatic(head: Fields) -> bool:
    """Whether a machine wrote this mail, as far as its head shows."""
    if any(not value.lower().startswith("no") for value in head.all("auto-submitted")):
        return True
    if any(name in head for name in NAMES) or "vacation" in head.first("x-apple-action").lower():
        return True
    if head.first("return-path") == "<>" or head.first("precedence").lower() in PRECEDENCE:
        return True
    sender = head.first("from").rpartition("<")[2].rstrip("> ")
    return bool(ROBOTS.match(sender) or SUBJECT.match(words_of(head.first("subject"))))
