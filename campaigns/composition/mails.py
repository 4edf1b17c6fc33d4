"""Every mail by its name, compiled once in a process: the house's own, and those that merchants brought."""

from functools import lru_cache

from campaigns.composition.own import OwnMail
from campaigns.composition.own_render import compile_own
from campaigns.composition.render import Compiled
from campaigns.composition.render import compiled as compile_ours

MOST_OWN = 200  # of merchants, in all their languages, that a process keeps


def compiled(mail: str, tag: str) -> Compiled:
    """Return a mail in a language; raises RenderingError for a faulty template."""
    return _own(mail, tag) if isinstance(mail, OwnMail) else compile_ours(mail, tag)


@lru_cache(maxsize=MOST_OWN)
def _own(mail: OwnMail, tag: str) -> Compiled:
    return compile_own(mail, tag)
