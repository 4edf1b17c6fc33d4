"""The doors of sending on the terminal: hold it, let it go on, and settle letters in doubt."""

from dataclasses import asdict

import click

from campaigns import clock
from campaigns.delivery.doubt import ANSWERS, Doubt, doubts_of, resolve
from campaigns.delivery.halt import EVERYBODY, LONGEST_REASON, Halt, halt, halts, lift
from campaigns.delivery.watermark import Watermark
from campaigns.door import house
from campaigns.enrollment.restoration import restore
from campaigns.enrollment.states import MessageState
from campaigns.errors import AskwellError
from campaigns.merchants.merchant import get_merchant
from campaigns.terminal import Group, merchant_option, show

sending = Group("sending", help="Sending: hold the letters of a merchant or of everybody, and let them go on.")
message = Group("message", help="Messages: single letters, and what is not known of them.")
one_merchant = click.option("--merchant", "merchant_id", type=int, help="The merchant's number.")
everything = click.option("--everything", is_flag=True, help="The letters of every merchant.")
NO_LEAP = "The next letters may get numbers of forgotten ones, whose links then open them: no letter here never left."
FOR_GOOD = "All letters due by now will be in doubt and all planned reminders cancelled, for good."


@sending.say('sending pause --merchant 1 --reason "wrong prices in the shop"', "pause")
@one_merchant
@everything
@click.option("--reason", default="", help="Why; shown by `sending show`.")
def pause(merchant_id: int | None, everything: bool, reason: str, as_json: bool) -> None:
    """Hold letters: within two seconds none begins to leave, also where a batch is under way."""
    words = " ".join(reason.split())
    if len(words) > LONGEST_REASON:
        raise AskwellError(f"--reason is longer than {LONGEST_REASON} characters.")
    whose = _whose(merchant_id, everything)
    with house().database.transaction() as session:
        if whose != EVERYBODY:
            get_merchant(session, whose)
        is_new = halt(session, whose, words, clock.now())
    show(
        {"merchant": merchant_id, "changed": is_new},
        as_json,
        f"{_letters(whose)} wait until `sending resume`." if is_new else f"{_letters(whose)} wait already.",
    )


@sending.say("sending resume --merchant 1", "resume")
@one_merchant
@everything
def resume(merchant_id: int | None, everything: bool, as_json: bool) -> None:
    """Let letters leave again; invitations more than a week late, and all whose survey has closed, stay unsent."""
    whose = _whose(merchant_id, everything)
    with house().database.transaction() as session:
        if whose != EVERYBODY:
            get_merchant(session, whose)
        was_halted = lift(session, whose)
        rest = [each for each in halts(session) if EVERYBODY in {whose, each.merchant_id}]
    lines = [f"{_letters(whose)} {'leave again' if was_halted else 'were not held'}."]
    lines += [f"Still held: {_line(each)}" for each in rest]
    held = [each.merchant_id or None for each in rest]
    show({"merchant": merchant_id, "changed": was_halted, "still_held": held}, as_json, *lines)


@sending.say("sending show", "show")
def show_halts(as_json: bool) -> None:
    """Print what is held, since when and why, and whether this machine refuses to send from an older copy."""
    objection = Watermark(house()).objection()
    with house().database.reading() as session:
        found = halts(session)
    data = [{"merchant": each.merchant_id or None, "since": each.since, "reason": each.reason} for each in found]
    lines = [f"Nothing leaves. {objection}"] if objection else []
    lines += [_line(each) for each in found]
    show({"halts": data, "is_older_copy": bool(objection)}, as_json, *(lines or ["Nothing is held."]))


@sending.say("sending restored --yes", "restored")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask whether that is so.")
def restored(is_sure: bool, as_json: bool) -> None:
    """Say that a backup was restored, before anything is started again: nobody is asked twice for it.

    The backup has forgotten what happened after it was made. Invitations that are due may have left already:
    they are in doubt, and shown by `message doubts`. Those to be reminded may have answered or unsubscribed:
    their reminders are cancelled. Orders whose shops tell of them again are not asked about where their
    letter was to leave before now. Do the same on no other database: none of it can be taken back.
    """
    if not is_sure:
        click.confirm(f"{FOR_GOOD} Was a backup restored?", abort=True, err=True)
    with house().database.transaction() as session:
        after = restore(session, clock.now())
    leapt = "New letters get numbers that no forgotten one had." if after.has_leapt else NO_LEAP
    show(
        asdict(after),
        as_json,
        f"{after.in_doubt:,} letters may have left before: they are in doubt and are not sent again.",
        f"{after.reminders_cancelled:,} reminders are cancelled.",
        f"Orders that arrive again get no letter that was due before {after.at:%Y-%m-%d %H:%M} UTC.",
        leapt,
    )


@message.say("message doubts --merchant 1", "doubts")
@merchant_option
def doubts(merchant_id: int, as_json: bool) -> None:
    """Print the letters of which a crash left it unknown whether they left."""
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        found = doubts_of(session, merchant_id)
    data = {"doubts": [doubt.as_json() for doubt in found]}
    show(data, as_json, *([_doubt_line(doubt) for doubt in found] or ["No letter is in doubt."]))


@message.say("message resolve 42 --merchant 1 --as sent", "resolve")
@click.argument("message_id", type=int)
@merchant_option
@click.option("--as", "answer", type=click.Choice([state.value for state in ANSWERS]), required=True)
def resolve_doubt(message_id: int, merchant_id: int, answer: str, as_json: bool) -> None:
    """Say of a letter in doubt that it was sent, or that it failed; either way it is not sent again."""
    state = MessageState(answer)
    with house().database.transaction() as session:
        settled = resolve(session, merchant_id, message_id, state, clock.now())
    if settled is not state:
        raise AskwellError(f"Letter {message_id} is not in doubt; it is {settled.replace('_', ' ')}.")
    show({"message": message_id, "state": settled}, as_json, f"Letter {message_id} is {settled}.")


def _whose(merchant_id: int | None, everything: bool) -> int:
    if (merchant_id is not None) is everything:
        raise AskwellError("Say whose letters: either --merchant ID or --everything.")
    if merchant_id is None:
        return EVERYBODY
    if merchant_id == EVERYBODY:
        raise AskwellError("There is no merchant 0; everybody's letters are --everything.")
    return merchant_id


def _letters(whose: int) -> str:
    return "Everybody's letters" if whose == EVERYBODY else f"Letters of merchant {whose}"


def _line(each: Halt) -> str:
    because = f": {each.reason}" if each.reason else ""
    return f"{_letters(each.merchant_id)}, since {each.since:%Y-%m-%d %H:%M} UTC{because}"


def _doubt_line(doubt: Doubt) -> str:
    via = f"relay {doubt.relay}" if doubt.relay else "the house's own relay"
    where = f"{doubt.kind} for order {doubt.order_id}, campaign {doubt.campaign_id} ({doubt.campaign})"
    return f"{doubt.message_id}  {where}, {doubt.left_at:%Y-%m-%d %H:%M} UTC through {via}"
