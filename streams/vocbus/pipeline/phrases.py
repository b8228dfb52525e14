"""Phrase templates of the lexicon: alternatives in brackets, spellings without apostrophe, traditional characters."""

from collections.abc import Mapping
from itertools import islice, product

from vocbus.pipeline.folding import fold

#: A template that stands for more than this is a mistake: it would be slow to load and hard to read.
MOST_PHRASES = 2000
#: Of the traditional spellings of one phrase (several characters have more than one form), at most these.
MOST_SPELLINGS = 8


def expand(template: str) -> list[str]:
    """All phrases of a template such as "(i|we) (was|were) charged twice"; "(a |)" may be left out.

    Raises ValueError for an unbalanced bracket, an empty phrase, or more than MOST_PHRASES.
    """
    folded = fold(template)
    try:
        phrases, rest = _alternatives(folded, 0)
        if rest != len(folded):
            raise ValueError("unbalanced bracket")
    except ValueError as error:
        raise ValueError(f"{error} in {template!r}") from None
    if "(" in template:
        phrases = list(dict.fromkeys(" ".join(phrase.split()) for phrase in phrases))
    if not all(phrases):
        raise ValueError(f"{template!r} can be empty")
    return phrases


def _alternatives(template: str, at: int) -> tuple[list[str], int]:
    """Phrases of "a|b(c|d)" from `at` to the closing bracket or the end, and where that is."""
    phrases: list[str] = []
    prefixes, start = [""], at
    while at < len(template) and template[at] != ")":
        character = template[at]
        if character in "|(":
            if at > start:
                prefixes = [prefix + template[start:at] for prefix in prefixes]
            if character == "|":
                phrases += prefixes
                prefixes = [""]
            else:
                choices, at = _alternatives(template, at + 1)
                if at == len(template):
                    raise ValueError("unbalanced bracket")
                if len(prefixes) * len(choices) > MOST_PHRASES:
                    raise ValueError(f"more than {MOST_PHRASES} phrases")
                prefixes = [prefix + choice for prefix in prefixes for choice in choices]
            start = at + 1
        at += 1
    return phrases + [prefix + template[start:at] for prefix in prefixes], at


def spellings(phrase: str, traditional: Mapping[str, str]) -> list[str]:
    """The phrase as it is, without apostrophes, and in traditional characters.

    `traditional` gives for a simplified character all its traditional forms.
    """
    if phrase.isascii():
        return [phrase, phrase.replace("'", "")] if "'" in phrase else [phrase]
    forms = [traditional.get(character, character) for character in phrase]
    if "".join(forms) == phrase:
        return [phrase]
    return [phrase, *map("".join, islice(product(*forms), MOST_SPELLINGS))]
