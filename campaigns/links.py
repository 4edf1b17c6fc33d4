"""The address book of public URLs, the same for letters and for doors."""

from urllib.parse import urlsplit

from campaigns.tokens import Purpose, Tokens

RATE = "/r/<token>/<score>"
SURVEY = "/s/<token>"
UNSUBSCRIBE = "/u/<token>"
WEBHOOK = "/webhooks/<key>"
EVENTS = "/events/<key>"
SIGN_IN = "/login/<token>"
LOGIN = "/login"
BOX = "/c/<string(length=22):key>"
BOX_SCRIPT = f"{BOX}.js"
DASHBOARD = "/"
MAILBOX = "/mailbox"
TRIAL = "/t/<token>"
HELD = "/held"


class Links:
    """Makes every URL that leaves the house. Nothing is ever put into a query string:
    Apple's Link Tracking Protection strips parameters and proxies log them."""

    def __init__(self, base_url: str, tokens: Tokens) -> None:
        self.base_url = base_url
        self._tokens = tokens

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    def letter_token(self, message_id: int) -> str:
        """Sign once for all links of a letter."""
        return self._tokens.sign(Purpose.LETTER, message_id)

    def rate(self, token: str, score: int) -> str:
        return f"{self.base_url}/r/{token}/{score}"

    def survey(self, token: str) -> str:
        return f"{self.base_url}/s/{token}"

    def unsubscribe(self, token: str) -> str:
        return f"{self.base_url}/u/{token}"

    def sign_in(self, sign_in_id: int) -> str:
        return f"{self.base_url}/login/{self._tokens.sign(Purpose.SIGN_IN, sign_in_id)}"

    def webhook(self, store_key: str) -> str:
        return f"{self.base_url}/webhooks/{store_key}"

    def box(self, key: str) -> str:
        return f"{self.base_url}/c/{key}"

    def box_script(self, key: str) -> str:
        return f"{self.base_url}/c/{key}.js"

    def events(self, source_key: str) -> str:
        return f"{self.base_url}/events/{source_key}"

    def dashboard(self) -> str:
        return f"{self.base_url}/"

    def mailbox(self) -> str:
        return f"{self.base_url}{MAILBOX}"

    def trial(self, version_id: int) -> "TrialLinks":
        """Return the address book of a test letter for a version of a campaign, or for 0, a file."""
        return TrialLinks(self.base_url, self._tokens, version_id)


class TrialLinks(Links):
    """Leads from a test letter to pages that say what would happen; a token of theirs opens no customer's page."""

    def __init__(self, base_url: str, tokens: Tokens, version_id: int) -> None:
        super().__init__(base_url, tokens)
        self._version_id = version_id

    def letter_token(self, message_id: int) -> str:
        return self._tokens.sign(Purpose.TRIAL, self._version_id)

    def rate(self, token: str, score: int) -> str:
        return f"{self.base_url}/t/{token}/{score}"

    def survey(self, token: str) -> str:
        return f"{self.base_url}/t/{token}"

    def unsubscribe(self, token: str) -> str:
        return f"{self.base_url}/t/{token}/unsubscribe"
