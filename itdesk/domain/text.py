"""Text from outside: the gate before a terminal sees it, and the folding that search and rules share."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

_MARK = "\N{REPLACEMENT CHARACTER}"
_MAX_COMBINING = 3


def _invisible() -> dict[int, str]:
    """Code points that steer a terminal or hide text, each with the visible mark that stands for it."""
    marks = {code: chr(0x2400 + code) for code in range(0x20)}
    marks[0x7F] = "\N{SYMBOL FOR DELETE}"
    for code in [
        *range(0x80, 0xA0),  # C1 controls
        *range(0x202A, 0x202F),  # bidi embeddings and overrides
        *range(0x2066, 0x206A),  # bidi isolates
        0x061C,
        0x200E,
        0x200F,
        0x2028,
        0x2029,
        0xFEFF,
        *range(0xFFF9, 0xFFFC),  # interlinear annotation
        *range(0xD800, 0xE000),  # lone surrogates: no encoding can carry them
        *range(0xE0000, 0xE0080),  # tag characters
    ]:
        marks[code] = _MARK
    return marks


_LINE = _invisible()
_LINES = {code: mark for code, mark in _LINE.items() if chr(code) not in "\n\t"}
_COMBINING = re.compile(r"[^\x00-\u02ff]")


def safe(text: str, *, multiline: bool = False) -> str:
    """Text that a terminal, a log or an export may show.

    Control characters (C0, C1), bidi overrides, tag characters and lone surrogates become visible marks, and more
    than three combining marks in a row are cut. `multiline` keeps line feeds and tabs (CR LF becomes LF).
    The result is plain text, never markup. Idempotent.
    """
    if multiline:
        text = text.replace("\r\n", "\n")
    if not text.isprintable():  # none of the marked ones is
        text = text.translate(_LINES if multiline else _LINE)
    if _COMBINING.search(text):
        text = _cap_combining(text)
    return text


def _cap_combining(text: str) -> str:
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MAX_COMBINING:
            kept.append(character)
    return "".join(kept)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """Text that every database can keep: NUL and lone surrogates become visible marks. The rest stays as written."""
    return _UNSTORABLE.sub(lambda found: "\N{SYMBOL FOR NULL}" if found[0] == "\0" else _MARK, text)


# Letters that Unicode does not decompose, as people type them without the key.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
# Letters and digits, without the few that SQLite's tokenizer takes for marks (New Tai Lue vowels, Vedic signs).
_WORD = re.compile(r"[^\W_\u19b0-\u19c0\u19c8\u19c9\u1cf2\u1cf3]+")


def fold(text: str) -> str:
    """Case and accents folded, so that `Überprüfen` and `uberprufen` are the same text. Length may change."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.translate(_LETTERS).casefold()


def words(text: str) -> list[str]:
    """The folded words of a text (runs of letters and digits), in order."""
    return _WORD.findall(fold(text))


_WORD_AS_WRITTEN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")


def hits(text: str, asked: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where a text has words that begin with one of `asked` (folded words): first character, after the last."""
    if not asked:
        return
    beginnings = tuple(asked)
    for found in _WORD_AS_WRITTEN.finditer(text):
        if any(word.startswith(beginnings) for word in words(found[0])):
            yield found.span()


_FILLERS = frozenset(
    words("""
    about after again all also and any are because been before being but can cannot could did does doing done for from
    get gets getting got had has have having her here him his how into its just may more most must not now off one only
    our out over same she should since some still such than that the their them then there these they this those too
    until very was were what when where which while who why will with without would yet you your
    aber alle als am an auch auf aus bei beim bin bis das dass dem den der des die doch durch ein eine einem einen einer
    es fur hat habe haben hatte ich ihr ihre im in ist kann kein keine man mehr mein meine mich mir mit nach nicht noch
    nun nur oder ohne schon sehr sein seit sich sie sind so um und uns unser unsere von vor war was wenn wer werden wie
    wir wird wo zu zum zur
    """)
)


def telling_words(text: str) -> list[str]:
    """The different folded words of a text that say what it is about, in order: no fillers, none of two letters."""
    return [word for word in dict.fromkeys(words(text)) if len(word) > 2 and word not in _FILLERS]
