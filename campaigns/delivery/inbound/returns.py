"""Where mail about a letter goes: to its own addresses where there is a domain for them, else to the merchant's."""

from dataclasses import replace

from campaigns.composition.letter import LetterFacts
from campaigns.delivery.inbound.verp import ReturnPaths
from campaigns.settings import Settings


class Returns:
    def __init__(self, settings: Settings) -> None:
        self._paths = ReturnPaths(settings.secret_keys, settings.inbound.bounce_domain)
        self._has_domain = bool(settings.inbound.bounce_domain)
        self._takes_replies = self._has_domain and settings.inbound.takes_replies

    def sender(self, message_id: int, address: str) -> str:
        """Return the envelope sender of a letter; the bytes of the letter do not name it."""
        return self._paths.bounces(message_id) if self._has_domain else address

    def answered(self, facts: LetterFacts) -> LetterFacts:
        """Return what a letter is written from, with where replies to it go."""
        return replace(facts, reply_to=self._paths.replies(facts.message_id)) if self._takes_replies else facts
