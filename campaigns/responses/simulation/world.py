"""What people and machines do with letters, as numbers with their sources.

None was chosen for what it makes of a figure; where nobody has published one, the comment says that it is assumed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How those live with their letters who answer at all."""

    # A quarter of these come when the survey has closed: that leaves the 12 to 16 % that shops report
    # (Satmetrix 2015, vendors since).
    answer: float = 0.2
    # Of all answers 12 % in the first hour, 30 % on the first day, 60 % in the first week (a practitioner's count):
    median_delay: float = 3 * 86_400  # seconds from the letter to the click; this log-normal comes near to those
    delay_spread: float = 3.2  # of its logarithm
    no_script: float = 0.01  # browse without JavaScript; about one in a hundred visitors of GOV.UK in 2013
    leaves_at_once: float = 0.03  # closes the page within two seconds; there are some, says Wootric; assumed
    only_looks: float = 0.25  # clicks a star and touches nothing more; assumed
    second_thought: float = 0.03  # clicks another star within the minute; assumed
    answers_again: float = 0.02  # comes back another day and presses; assumed
    on_carrier: float = 0.4  # share their network with strangers, behind a carrier's gateway; assumed
    carriers: int = 60  # such networks
    old_browser: float = 0.02  # a Chrome of last year; assumed
    company_mail: float = 0.3  # have their letters at a domain of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """What stands before the mailboxes that are scanned, by what it does with links."""

    # Of those that scan. Most gateways only fetch (Mimecast, Proofpoint, Cisco, Barracuda); Defender also opens
    # in a browser that runs scripts and lets their POSTs go; crawlers that press have been seen at companies
    # (OctopusDeploy, 209 of 209 answers), not yet behind mails. The shares are assumed.
    heads: float = 0.15  # asks for headers
    fetches: float = 0.55  # opens links, runs nothing
    detonates: float = 0.28  # opens some in a browser
    presses: float = 0.02  # and presses what it finds
    # Seen 12, 22 and 23 seconds after delivery, and up to minutes; some while the server still takes the letter.
    soonest: float = 5.0
    latest: float = 300.0
    before_delivery: float = 0.1
    beside_browser: float = 0.5  # of those that open a browser, so many fetch all other links too: "any or all"
    spread: float = 8.0  # seconds over which one letter's links are opened; all within one were seen
    # Stale Chrome on Windows 10, seen: 64, 72, 125. From few networks: three /24s were named.
    browsers: tuple[int, ...] = (64, 72, 125)
    networks: int = 3
    at_click: float = 0.3  # of scanned people's clicks are followed by a pair of requests, 134 ms apart


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    letters: int = 2000
    days: int = 30
    scanned: float = 0.3  # of the letters
    people: People = People()
    machines: Machines = Machines()
