"""A press writes the same letters as `compose`, to the byte, at a small part of the cost.

It keeps a plate for each shape of letter it has met. A new plate is tried on the very letter it
was cut for; where a template wants to see the values, or the two ways differ, letters of that
shape are composed one by one for good.
"""

import logging
from collections import OrderedDict

from campaigns.composition.compose import compose
from campaigns.composition.cut import cut
from campaigns.composition.head import letter_head
from campaigns.composition.leaves import Leaves, leaves_of
from campaigns.composition.letter import LetterFacts, Sealed
from campaigns.composition.marks import LookedAt
from campaigns.composition.plate import Plate
from campaigns.composition.subject import own_subject
from campaigns.composition.view import Shape, shape_of
from campaigns.errors import RenderingError
from campaigns.languages import Language, speak
from campaigns.links import Links

MOST_PLATES = 512
log = logging.getLogger(__name__)


class Press:
    """Serves one thread."""

    def __init__(self, links: Links, most_plates: int = MOST_PLATES) -> None:
        self._links = links
        self._most_plates = most_plates
        self._plates: OrderedDict[Shape, Plate | None] = OrderedDict()

    def letter(self, facts: LetterFacts) -> Sealed:
        """Write an invitation or a reminder; raises RenderingError."""
        language = speak(facts.locale)
        leaves = leaves_of(facts, self._links.letter_token(facts.message_id), language)
        shape = shape_of(facts, leaves, language)
        if shape not in self._plates:
            self._keep(shape, self._tried(shape, facts, leaves, language))
        plate = self._plates[shape]
        self._plates.move_to_end(shape)
        return self._printed(plate, facts, leaves) if plate else compose(facts, self._links).sealed

    def _printed(self, plate: Plate, facts: LetterFacts, leaves: Leaves) -> Sealed:
        flat = leaves.flat
        subject = own_subject(facts) or plate.house_subject(flat)
        head = letter_head(facts, subject, self._links.unsubscribe(leaves.token))
        return Sealed(
            sender=head.sender,
            recipient=head.recipient,
            message_id_header=head.message_id,
            head=head.lines,
            body=plate.body((*flat, subject), head.boundary),
        )

    def _tried(self, shape: Shape, facts: LetterFacts, leaves: Leaves, language: Language) -> Plate | None:
        expected = compose(facts, self._links).sealed  # a letter that cannot be written says so here
        try:
            plate = cut(shape, leaves, self._links, language)
            if self._printed(plate, facts, leaves) == expected:
                return plate
        except (RenderingError, LookedAt):
            pass
        log.warning("a template of %s looks at its values: its letters are composed one by one", shape.mail)
        return None

    def _keep(self, shape: Shape, plate: Plate | None) -> None:
        self._plates[shape] = plate
        if len(self._plates) > self._most_plates:
            self._plates.popitem(last=False)
