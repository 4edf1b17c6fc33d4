"""How English, German, French and Spanish lead, load, double and deny a question, as patterns."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Flaw(StrEnum):
    LEADING = "leading"
    DOUBLE = "double-barrelled"
    LOADED = "loaded"
    OBVIOUS = "obvious"  # of course, says nearly everybody
    NEGATED = "negated twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    patterns: tuple[tuple[Flaw, re.Pattern[str]], ...]
    negation: re.Pattern[str]  # two of these in one sentence are one too many


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _habits(leading: str, loaded: str, obvious: str, negation: str, joined: tuple[str, tuple[str, str, str]]) -> Habits:
    """Make a language's patterns; `joined` holds its joining words, then qualities, things, and what things begin with.

    Two qualities that both praise are two questions; “easy or difficult” is one, and no pair of these.
    """
    joints, (qualities, things, articles) = joined
    two_qualities = rf"\b(?:{qualities})(?:,| {joints}) (?:{qualities})\b"
    two_things = rf"\b(?:{things}) {joints} (?:(?:{articles}) )?(?:{things})\b"
    found = {
        Flaw.LEADING: leading,
        Flaw.DOUBLE: f"{two_qualities}|{two_things}",
        Flaw.LOADED: rf"\b(?:{loaded})\b",
        Flaw.OBVIOUS: obvious,
    }
    return Habits(
        patterns=tuple((flaw, _pattern(text)) for flaw, text in found.items()),
        negation=_pattern(rf"\b(?:{negation})\b"),
    )


ENGLISH = _habits(
    leading=r"(?:^|[,.?!] ?)(?:do|does|did|is|are|was|were|wo|would|ca|could|should|have|has)n't "
    r"(?:you|it|we|they|this|that|he|she|our|the)\b(?!\?)"
    r"|\bhow (?:great|amazing|awesome|wonderful|excellent|fantastic|perfect|delicious|bad|terrible|awful|poor|rude"
    r"|slow)\b"
    r"|\bhow much did you (?:love|like|enjoy)\b|\bwhat did you love\b|\byou(?:'d| would| will"
    r"| must)? (?:surely )?agree that\b"
    r"|, (?:right|isn't it|wasn't it|didn't we|don't you)\?$|\b(?:obviously|clearly,|surely|of course|as you know"
    r"|as everyone knows)",
    loaded="always|never|every time|everyone|nobody|completely|totally|absolutely|utterly|perfect(?:ly)?"
    "|flawless(?:ly)?"
    "|amazing|awesome|incredible|wonderful|fantastic|superb|outstanding|world-class|award-winning|unbeatable"
    "|terrible|horrible|awful|disgusting|ridiculous|shocking|outrageous",
    obvious=r"\b(?:would|do) you (?:like|want|appreciate|prefer|value|expect) (?:to (?:have|get|receive|see"
    r"|pay) )?(?:a |an |more )?"
    r"(?:good|great|better|lower|cheaper|less|faster|free|improved|quality|reliable)\b"
    r"|(?<!much )(?<!strongly )(?<!extent )\b(?:do|would|did) you agree\b(?!.*\bdisagree)"
    r"|\b(?:is|are) (?:good|great|better|fast|reliable|quality) .*\bimportant\b",
    negation=r"not|cannot|no|never|nothing|nobody|none|without|fail(?:ed|s)? to|un(?:happy|able|likely|clear"
    r"|comfortable|satisfied|helpful"
    r"|friendly|reliable)|dis(?:satisfied|agree|like[ds]?|appointed)|impossible|\w+n't",
    joined=(
        "(?:and|or|&)",
        (
            "fast|quick|quickly|friendly|helpful|polite|politely|clean|fresh|tasty|easy|easily|simple|clear|cheap"
            "|affordable|reliable"
            "|safe|accurate|comfortable|knowledgeable|professional|efficient|prompt|courteous|intuitive|tidy|useful"
            "|complete|attractive"
            "|punctual|competent|kind|warm",
            "prices?|quality|service|delivery|speed|food|drinks?|staff|packaging|website|checkout|cleanliness"
            "|selection|value|atmosphere"
            "|communication|support|taste|portions?|design|size|fit|colou?r|friendliness|punctuality|returns?"
            "|payment|look|feel",
            "the|our|its|your|their|with the|with our",
        ),
    ),
)

GERMAN = _habits(
    leading=r"\b(?:finden|sind|meinen|glauben|denken|würden|war(?:en)?|ist|hat|haben) (?:Sie|es|wir|das|du) (?:das "
    r"|es )?nicht(?: auch)?\b"
    r"|\bnicht wahr\b|, oder\?$|\bwie (?:toll|großartig|super|fantastisch|hervorragend|wunderbar|lecker|schlecht"
    r"|schlimm)\b"
    r"|\b(?:sicherlich|selbstverständlich|bekanntlich)\b",
    loaded=r"immer(?! noch)|nie|niemals|stets|jedes Mal|absolut|völlig|perfekt\w*|großartig\w*|fantastisch\w*"
    r"|wunderbar\w*"
    r"|hervorragend\w*|einmalig\w*|schrecklich\w*|furchtbar\w*|katastrophal\w*",
    obvious=r"\b(?:möchten|wollen|wünschen|hätten) Sie (?:sich |gern |gerne )?(?:eine?n? |mehr )?"
    r"(?:gute[nrs]?|bessere[nrs]?|günstigere[nrs]?|schnellere[nrs]?|kostenlose[nrs]?)\b"
    r"|(?<!sehr )(?<!weit )(?<!wieweit )(?<!inwieweit )\bstimmen Sie\b(?:(?!nicht zu).)*\bzu\b(?!.*nicht zu)",
    negation=r"nicht|kein\w*|nie|niemals|nichts|niemand\w*|ohne|un(?:zufrieden|möglich|klar|freundlich|fähig"
    r"|wahrscheinlich)\w*",
    joined=(
        "(?:und|oder|sowie)",
        (
            "schnell|freundlich|hilfsbereit|sauber|frisch|günstig|einfach|höflich|kompetent|zuverlässig|pünktlich"
            "|lecker|bequem|sicher"
            "|übersichtlich|verständlich|hilfreich|vollständig|aufmerksam",
            "Preis|Qualität|Lieferung|Verpackung|Service|Geschwindigkeit|Essen|Getränke|Personal|Beratung|Website"
            "|Auswahl|Sauberkeit"
            "|Freundlichkeit|Bedienung|Versand|Design|Größe|Bezahlung|Rückgabe",
            "die|der|das|den|dem|unsere?[nrm]?|mit der|mit dem",
        ),
    ),
)

FRENCH = _habits(
    leading=r"(?:^|, ?)(?:n'(?:êtes|avez|aimez|était|est)|ne (?:trouvez|pensez|croyez|diriez|seriez))-\w+ pas\b"
    r"|\bn'est-ce pas\b"
    r"|\bà quel point\b.*\b(?:génial|formidable|excellent|super|délicieux|mauvais)\w*|\bcombien avez-vous (?:aimé"
    r"|adoré)\b"
    r"|\b(?:évidemment|bien sûr|bien entendu)\b",
    loaded=r"toujours|jamais|parfait\w*|absolument|totalement|génia\w+|formidables?|incroyables?|merveilleu\w+"
    r"|exceptionnel\w*"
    r"|horribles?|affreu\w+|catastrophiques?",
    obvious=r"\b(?:voulez|souhaitez|aimeriez|voudriez|préférez)-vous (?:avoir |recevoir )?(?:une? |des "
    r"|de )?(?:meilleure?s?|bon(?:ne)?s?|gratuite?s?)\b"
    r"|(?<!point )\bêtes-vous d'accord\b(?!.*(?:pas d'accord|désaccord))",
    negation=r"pas|jamais|rien|aucune?|sans|insatisfaite?s?|mécontente?s?|impossible|incapable|désaccord",
    joined=(
        "(?:et|ou)",
        (
            "rapides?|aimables?|sympathiques?|propres?|frais|fraîche|faciles?|simples?|clair|claire|polie?s?"
            "|efficaces?|fiables?|compétente?s?"
            "|accueillante?s?|serviables?|pratiques?|utiles?",
            "prix|qualité|livraison|emballage|service|rapidité|nourriture|personnel|site|accueil|choix|propreté"
            "|amabilité|paiement|retours?",
            "le|la|les|l|du|de la|notre|nos|votre|son",
        ),
    ),
)

SPANISH = _habits(
    leading=r"¿ ?no (?:cree|crees|le|te|está|estás|opina|piensa|piensas|fue|es|diría)\b|, ?¿?(?:verdad|cierto|no)\?$"
    r"|\b(?:qué tan|cuán|cómo de) (?:genial|estupend[oa]|increíble|maravillos[oa]|excelente|delicios[oa]|mal[oa]?)\b"
    r"|\bcuánto (?:le|te) (?:encantó|gustó)\b|\b(?:obviamente|por supuesto|desde luego)\b",
    loaded=r"siempre|nunca|jamás|perfect\w+|absolutamente|totalmente|increíbles?|maravillos\w+|fantástic\w+"
    r"|genial(?:es)?|excepcional(?:es)?"
    r"|horribles?|terribles?|pésim\w+",
    obvious=r"\b(?:quiere|quieres|desea|deseas|(?:le|te) gustaría) (?:tener |recibir )?(?:una? |unos "
    r"|unas )?(?:mejor(?:es)?|buen[oa]?s?|gratis)\b"
    r"|(?<!punto )(?<!medida )\b(?:está|estás) de acuerdo\b(?!.*desacuerdo)",
    # “No … nada” denies once in Spanish; what denies twice is a “no” before a word that denies by itself.
    negation=r"no|sin|insatisfech\w+|imposible|incapaz|descontent\w+|desacuerdo",
    joined=(
        "(?:y|e|o|u)",
        (
            "rápid[oa]s?|amables?|limpi[oa]s?|fresc[oa]s?|fácil(?:es)?|sencill[oa]s?|clar[oa]s?|educad[oa]s?"
            "|eficientes?|fiables?|profesional(?:es)?"
            "|cómod[oa]s?|atent[oa]s?|puntual(?:es)?|útil(?:es)?",
            "precio|calidad|entrega|envío|embalaje|servicio|rapidez|comida|bebida|personal|sitio|atención|variedad"
            "|limpieza|pago|devolución",
            "el|la|los|las|nuestr[oa]s?|su",
        ),
    ),
)

HABITS = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
