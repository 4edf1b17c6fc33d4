"""A letter is light enough for Gmail to show it whole, and a picture that does not load leaves its words."""

from collections.abc import Iterator
from email import message_from_bytes

from campaigns.composition.preflight.finding import Finding, Flight, Proof, Severity

# Gmail hides what comes after 102 KB, the link that unsubscribes with it.
CUT_OFF, NEAR, BUDGET = 102_400, 90_000, 60_000


def check_size(flight: Flight) -> Iterator[Finding]:
    """The HTML of a letter, encoded as it is sent, stays well below where Gmail cuts it off."""
    for proof in sorted(flight.proofs, key=size_of, reverse=True)[:1]:
        size = size_of(proof)
        if size <= BUDGET:
            return
        severity = Severity.ERROR if size >= CUT_OFF else Severity.WARNING if size >= NEAR else Severity.NOTE
        what = f"The largest letter has {size:,} bytes of HTML; Gmail cuts a letter off after {CUT_OFF:,}."
        yield Finding("size", severity, proof.where, what, f"Shorten the template; {BUDGET:,} bytes are a good budget.")


def size_of(proof: Proof) -> int:
    """Return the bytes of a letter's HTML, encoded as it goes over the wire or not, whichever are more."""
    parts = message_from_bytes(proof.letter.data).walk()
    encoded = [str(part.get_payload()) for part in parts if part.get_content_type() == "text/html"]
    return max(len(proof.letter.html.encode()), *(len(each) for each in encoded), 0)


def check_pictures(flight: Flight) -> Iterator[Finding]:
    """Every picture has a text, which is all that many mail programs show at first."""
    for proof in flight.proofs:
        for picture in proof.page.all("img"):
            link = next((each for each in picture.line if each.tag == "a"), None)
            alt = picture.attributes.get("alt")
            if alt is None or (link is not None and not alt.strip() and not link.words.strip()):
                name = picture.attributes.get("src", "")[:60]
                what = f"The picture {name} has no text{' and is all there is of a link' if link is not None else ''}."
                fix = 'Say what it shows: alt="Blue mug"; alt="" where it only decorates.'
                yield Finding("picture", Severity.ERROR, proof.where, what, fix)
