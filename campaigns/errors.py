"""Every error Askwell raises on purpose; its docstring is its default message.

No message ever carries an address, a name or an answer.
"""


class AskwellError(Exception):
    """Something in Askwell went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class SettingsError(AskwellError):
    """A setting is missing or malformed."""


class BadSignature(AskwellError):
    """The signature does not match the body; check the store's secret."""


class UnreadablePayload(AskwellError):
    """The body is not the JSON this store's webhooks are made of."""


class InvalidToken(AskwellError):
    """This link was not made here, or was changed on its way."""


class InvalidAddress(AskwellError):
    """This is not an address a letter can be sent to."""


class InvalidCampaign(AskwellError):
    """The campaign file does not describe a campaign."""


class InvalidRules(AskwellError):
    """The file does not describe rules that answers are judged by."""


class NotFound(AskwellError):
    """There is nothing by that name here."""


class RenderingError(AskwellError):
    """A letter could not be written from its template."""


class DeliveryError(AskwellError):
    """A letter did not leave."""

    def __init__(self, message: str | None = None, *, code: int | None = None, status: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class TryLater(DeliveryError):
    """The server did not take the letter now, and may take it later."""


class NeverDeliverable(DeliveryError):
    """The server refuses this letter for good."""


class SenderRefused(NeverDeliverable):
    """The server refuses the sender of this letter; its recipient is not to blame."""


class ServerUnavailable(TryLater):
    """No conversation with the mail server was possible; no letter is to blame."""


class InDoubt(DeliveryError):
    """The server may or may not have taken this letter; it is never sent again by itself."""


class Withdrawn(DeliveryError):
    """The letter was called back before the server had it."""
