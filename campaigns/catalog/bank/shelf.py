"""Every ready-made question by its topic and its name; each asks one thing and pushes nowhere."""

from collections.abc import Mapping

from campaigns.catalog.bank.ready import N_, Ready, choose, ease, rate, tell

YES, NO, NOT_SURE, OTHER = ("yes", N_("Yes")), ("no", N_("No")), ("unsure", N_("Not sure")), ("other", N_("Other"))

RETAIL = {
    "delivery": rate(N_("How would you rate the delivery?")),
    "packaging": rate(N_("How would you rate the packaging?")),
    "product": rate(N_("How would you rate what you bought?")),
    "price": rate(N_("How would you rate the price for what you received?")),
    "ordering": ease(N_("“It was easy to order.” How much do you agree?")),
    "arrival": choose(
        N_("When did your order arrive?"),
        ("early", N_("Earlier than expected")),
        ("expected", N_("When I expected it")),
        ("late", N_("Later than expected")),
        ("missing", N_("It has not arrived")),
    ),
    "as_described": choose(
        N_("How did the product compare with its description?"),
        ("better", N_("Better than described")),
        ("same", N_("As described")),
        ("worse", N_("Worse than described")),
    ),
    "problem": choose(
        N_("What went wrong, if anything did?"),
        ("nothing", N_("Nothing")),
        ("late", N_("It came late")),
        ("damaged", N_("It was damaged")),
        ("different", N_("It was not what I ordered")),
        ("quality", N_("The quality")),
        OTHER,
        several=True,
    ),
    "comment": tell(N_("What would you like to tell us about your order?")),
}
FOOD = {
    "taste": rate(N_("How would you rate the taste?")),
    "freshness": rate(N_("How would you rate the freshness of the food?")),
    "portion": choose(
        N_("How was the size of the portion?"),
        ("small", N_("Too small")),
        ("right", N_("About right")),
        ("large", N_("Too large")),
    ),
    "temperature": choose(
        N_("How was the temperature of the food when you got it?"),
        ("cold", N_("Too cold")),
        ("right", N_("About right")),
        ("hot", N_("Too hot")),
    ),
    "wait": rate(N_("How would you rate the time you waited?")),
    "complete": choose(N_("Was everything you ordered there?"), YES, NO, NOT_SURE),
    "comment": tell(N_("What would you like to tell us about the food?")),
}
SERVICES = {
    "result": rate(N_("How would you rate the result?")),
    "punctuality": rate(N_("How would you rate our punctuality?")),
    "communication": rate(N_("How would you rate the way we kept you informed?")),
    "booking": ease(N_("“It was easy to make an appointment.” How much do you agree?")),
    "price": rate(N_("How would you rate the price for the work done?")),
    "again": choose(N_("If you need such a service again, would you come to us?"), YES, NO, NOT_SURE),
    "comment": tell(N_("What would you like to tell us about our work?")),
}
DIGITAL = {
    "setup": ease(N_("“It was easy to get started.” How much do you agree?")),
    "usefulness": rate(N_("How would you rate its usefulness to you?")),
    "stability": rate(N_("How would you rate how dependably it works?")),
    "speed": rate(N_("How would you rate its speed?")),
    "use": choose(
        N_("How often have you used it so far?"),
        ("unused", N_("Not yet")),
        ("once", N_("Once")),
        ("some", N_("A few times")),
        ("often", N_("Many times")),
    ),
    "missing": tell(N_("What do you miss, if anything?")),
    "comment": tell(N_("What would you like to tell us about the product?")),
}
SUPPORT = {
    "solved": choose(N_("Was your request solved?"), YES, ("partly", N_("In part")), NO),
    "effort": ease(N_("“It was easy to get help.” How much do you agree?")),
    "wait": rate(N_("How would you rate the time until you had an answer?")),
    "clarity": rate(N_("How would you rate the clarity of our answer?")),
    "contacts": choose(
        N_("How many times did you contact us about this?"),
        ("one", N_("Once")),
        ("two", N_("Twice")),
        ("more", N_("Three times or more")),
    ),
    "comment": tell(N_("What would you like to tell us about the help you got?")),
}
# One item for each of the five dimensions of Parasuraman, Zeithaml and Berry (1988), asked as performance alone.
SERVQUAL = {
    "tangibles": rate(N_("How would you rate the look of what you saw from us?"), "tangibles"),
    "reliability": rate(N_("How would you rate us on keeping what we promised?"), "reliability"),
    "responsiveness": rate(N_("How would you rate the speed of our answers?"), "responsiveness"),
    "assurance": rate(N_("How would you rate our knowledge of what we sell?"), "assurance"),
    "empathy": rate(N_("How would you rate our attention to what you needed?"), "empathy"),
}
TOPICS: Mapping[str, Mapping[str, Ready]] = {
    "retail": RETAIL,
    "food": FOOD,
    "services": SERVICES,
    "digital": DIGITAL,
    "support": SUPPORT,
    "servqual": SERVQUAL,
}


def on_shelf(topic: str | None = None) -> dict[str, Ready]:
    """Return the questions of one topic, or of all, by their names ("retail.delivery")."""
    return {
        f"{each}.{name}": question
        for each in TOPICS
        if topic in {None, each}
        for name, question in TOPICS[each].items()
    }
