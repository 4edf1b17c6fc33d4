"""What each country's law makes of a promotion in a mail that asks for an opinion; unknown countries are the strictest.

It is a reading of the law made for defaults, and no legal advice.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    needs_consent: bool  # for a promotion, from each recipient and beforehand
    law: str
    url: str


STRICTEST = Country(
    True,
    "Directive 2002/58/EC, Article 13 (read strictly)",
    "https://eur-lex.europa.eu/eli/dir/2002/58/oj",
)
COUNTRIES = {
    "AT": Country(True, "TKG 2021 § 174", "https://www.ris.bka.gv.at/eli/bgbl/i/2021/190"),
    # Sending a commercial message needs consent; a survey alone is none (CASL, section 1(2)).
    "CA": Country(True, "CASL, section 6", "https://laws-lois.justice.gc.ca/eng/acts/E-1.6/"),
    "CH": Country(True, "UWG Art. 3 Abs. 1 lit. o", "https://www.fedlex.admin.ch/eli/cc/1988/223_223_223/de"),
    # BGH VI ZR 225/17: asking alone is advertising already, and lawful to customers only by § 7 Abs. 3.
    "DE": Country(True, "UWG § 7", "https://www.gesetze-im-internet.de/uwg_2004/__7.html"),
    "FR": Country(True, "CPCE L34-5", "https://www.legifrance.gouv.fr/codes/id/LEGITEXT000006070987/"),
    # Genuine research is no marketing; with an offer in it, it is (“sugging”).
    "GB": Country(True, "PECR, regulation 22", "https://www.legislation.gov.uk/uksi/2003/2426/regulation/22"),
    # A commercial mail needs a postal address and a way out, which every letter has.
    "US": Country(False, "CAN-SPAM, 15 U.S.C. § 7704", "https://www.law.cornell.edu/uscode/text/15/7704"),
}


def country(code: str) -> Country:
    return COUNTRIES.get(code.strip().upper(), STRICTEST)
