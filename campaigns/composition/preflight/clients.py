"""What eight families of mail programs make of the HTML and CSS that letters use.

Each line is our summary of a page of caniemail.com, whose address `Feature.url` is: y where every program
of the family shows it, n where none does, a for some of them or in part.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FAMILIES = ("apple", "gmail", "outlook_windows", "outlook", "yahoo", "gmx", "samsung", "thunderbird")
WORTH = {"y": 1.0, "a": 0.5, "n": 0.0}
# Round figures of what customers of shops open mail with, in Europe and North America; a merchant's own are better.
AUDIENCE: Mapping[str, float] = {
    "apple": 0.46,
    "gmail": 0.32,
    "outlook_windows": 0.05,
    "outlook": 0.06,
    "yahoo": 0.04,
    "gmx": 0.03,
    "samsung": 0.03,
    "thunderbird": 0.01,
}


@dataclass(frozen=True, slots=True)
class Feature:
    page: str  # of caniemail.com
    support: str  # one letter for each of FAMILIES
    found: str  # a pattern of the HTML that uses it
    instead: str
    is_harmless: bool = False  # whether a program that does not know it shows the letter no worse

    @property
    def url(self) -> str:
        return f"https://www.caniemail.com/features/{self.page}/"

    def share(self, audience: Mapping[str, float]) -> float:
        """Return how much of an audience it serves, from 0 to 1."""
        whole = sum(audience.values()) or 1.0
        each = zip(FAMILIES, self.support, strict=True)
        return sum(WORTH[support] * audience.get(family, 0.0) for family, support in each) / whole


def _css(page: str, support: str, found: str, instead: str, *, is_harmless: bool = False) -> Feature:
    return Feature(page, support, rf"(?:style=\"[^\"]*|[{{;]\s*)(?<![\w-]){found}", instead, is_harmless)


FEATURES = (
    _css("css-border-radius", "yynyaayy", "border-radius", "Square corners do no harm.", is_harmless=True),
    _css(
        "css-display-flex", "yanyyayy", r"display\s*:\s*(?:inline-)?flex", "Use a table for what stands side by side."
    ),
    _css("css-variables", "ynnnnayy", r"--[\w-]+\s*:", "Write the value itself."),
    _css("css-overflow", "aanaaaay", "overflow", "Let the text take its room.", is_harmless=True),
    _css("css-direction", "yayyyyyy", r"direction\s*:", "Set dir on an element around it.", is_harmless=True),
    _css("css-display-none", "yaayyyyy", r"display\s*:\s*none", "Leave out what nobody is to see.", is_harmless=True),
    _css("css-max-width", "yyayyyyy", "max-width", "Give Outlook a table of fixed width.", is_harmless=True),
    _css("css-padding", "yyayyyyy", "padding", "Put the padding on a table's cell.", is_harmless=True),
    _css("css-width", "yyayyyyy", "width", "Set it on a table or a picture.", is_harmless=True),
    Feature(
        "css-at-media", "yanaayan", r"@media", "Write what everybody needs into style attributes.", is_harmless=True
    ),
    Feature(
        "css-at-media-prefers-color-scheme",
        "ynnynayn",
        "prefers-color-scheme",
        "Choose colours for both.",
        is_harmless=True,
    ),
    Feature("html-style", "yaayyayy", "<style", "Write what everybody needs into style attributes.", is_harmless=True),
    Feature("html-link", "ynynnann", r"<link\b[^>]*stylesheet", "Write styles into the letter itself."),
    Feature("html-svg", "annnnayy", r"<svg\b", "Use a PNG with a text."),
    Feature("image-base64", "ynayyayy", r"src=\"data:", "Link to a picture on the web."),
    Feature("html-form", "yanaaayy", r"<form\b", "Link to the survey's page; a form in a mail looks like a scam."),
    Feature("html-input-radio", "yynyyaya", r"<input\b[^>]*radio", "Use one link for each answer."),
    Feature("html-button-submit", "yanaaayy", r"<button\b|<input\b[^>]*submit", "Use a link that looks like a button."),
    Feature("html-hidden", "ynnnnnyy", r"<\w+[^>]*\shidden[\s>=]", "Leave out what nobody is to see."),
    Feature("html-aria-label", "yyyynayn", r"\saria-label=", "Say it in words that everybody sees.", is_harmless=True),
    Feature("html-aria-hidden", "yyyynayn", r"\saria-hidden=", "Leave it out, or let it be read.", is_harmless=True),
    Feature("html-role", "yyyyaayy", r"\srole=", "Use the element that means it.", is_harmless=True),
    Feature("html-dir", "yaayyayy", r"\sdir=", "Set it on an element around the text.", is_harmless=True),
    Feature("html-lang", "yyyyaayy", r"\slang=", "Nothing: it helps those who hear it.", is_harmless=True),
    Feature("html-target", "anaanaaa", r"\starget=", "Leave it out: mail programs choose.", is_harmless=True),
)
