"""How a letter greets and how it ends, in the tone a merchant chose."""

from dataclasses import dataclass

from campaigns.composition.words import N_
from campaigns.languages import Language
from campaigns.merchants.look import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    to_name: str
    to_anybody: str
    end: str


_SOURCES = {
    Tone.WARM: _Source(to_name=N_("Hi %(name)s,"), to_anybody=N_("Hi there,"), end=N_("With warm thanks,")),
    Tone.PLAIN: _Source(to_name=N_("Hello %(name)s,"), to_anybody=N_("Hello,"), end=N_("Kind regards,")),
    Tone.FORMAL: _Source(to_name=N_("Dear %(name)s,"), to_anybody=N_("Dear customer,"), end=N_("Yours sincerely,")),
}


def greeting(language: Language, tone: Tone, name: object) -> str:
    """Return the first line of a letter; `name` is nothing where none is known."""
    source = _SOURCES[tone]
    return language.gettext(source.to_name, name=name) if name else language.gettext(source.to_anybody)


def sign_off(language: Language, tone: Tone) -> str:
    return language.gettext(_SOURCES[tone].end)
