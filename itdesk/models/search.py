"""Text search behind one interface: FTS5 on SQLite, tsvector on PostgreSQL, over words that we fold ourselves.

Both engines get the same words, so both find the same: `domain.text.words`, without the engines' own parsing.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from peewee import SQL

from itdesk.domain.text import words
from itdesk.models.database import Database

_LONGEST_WORD = 500  # characters; PostgreSQL refuses a lexeme of 2,048 bytes
_LONGEST_TEXT = 250_000  # bytes of different words; PostgreSQL refuses a vector of 1 MiB


def _folded(texts: Iterable[str]) -> str:
    """The different words of texts, as far as they are indexed: beyond a limit that no letter reaches, no more."""
    found = dict.fromkeys(word[:_LONGEST_WORD] for text in texts for word in words(text))
    sizes = accumulate(len(word.encode()) for word in found)
    return " ".join(word for word, size in zip(found, sizes, strict=True) if size <= _LONGEST_TEXT)


def add(database: Database, table: str, columns: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Index new objects: `(id, texts)` with a text for each of the table's columns, in order."""
    if not rows:
        return
    if database.sqlite:
        sql = f"INSERT INTO {table} (rowid, {', '.join(columns)}) VALUES (?, {', '.join('?' for _ in columns)})"
    else:
        vectors = ", ".join("array_to_tsvector(array_remove(string_to_array(%s, ' '), ''))" for _ in columns)
        sql = f"INSERT INTO {table} (id, {', '.join(columns)}) VALUES (%s, {vectors})"
    for object_id, texts in rows:
        database.execute(sql, (object_id, *(_folded([text]) for text in texts)))


def append(database: Database, table: str, object_id: int, added: Mapping[str, str]) -> None:
    """Add words to columns of an object that is indexed; a column that is full stays as it is."""
    for column, text in added.items():
        if database.sqlite:
            sql = (
                f"UPDATE {table} SET {column} = {column} || ' ' || ? WHERE rowid = ?"
                f" AND length(CAST({column} AS BLOB)) < {2 * _LONGEST_TEXT}"
            )
        else:
            sql = (
                f"UPDATE {table} SET {column} = {column} ||"
                " array_to_tsvector(array_remove(string_to_array(%s, ' '), ''))"
                f" WHERE id = %s AND octet_length(CAST({column} AS text)) < {2 * _LONGEST_TEXT}"
            )
        database.execute(sql, (_folded([text]), object_id))


def replace(database: Database, table: str, object_id: int, texts: Mapping[str, str]) -> None:
    """Put new words in place of an indexed object's old ones."""
    for column, text in texts.items():
        if database.sqlite:
            sql = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"
        else:
            sql = (
                f"UPDATE {table} SET {column} = array_to_tsvector(array_remove(string_to_array(%s, ' '), ''))"
                " WHERE id = %s"
            )
        database.execute(sql, (_folded([text]), object_id))


def content_table(database: Database, table: str) -> str:
    """The table that holds what an index holds, by the ids of its objects."""
    return f"{table}_content" if database.sqlite else table


def in_content(
    database: Database, columns: Sequence[str], of: Sequence[str], query: Sequence[str]
) -> tuple[str, list[str]]:
    """The condition of `matching` on one row `content` of the `content_table` of an index of the columns `of`, as SQL.

    SQLite: FTS5 keeps the words there, joined by single blanks. Reading one row costs 6 µs; asking the index, 80 µs.
    """
    if database.sqlite:
        return (
            " AND ".join(f"instr({_content_text(columns, of)}, ?) > 0" for _ in query),
            [f" {word[:_LONGEST_WORD]}" for word in query],
        )
    return _in_vectors([f"content.{column}" for column in columns], query, " AND ")


def _content_text(columns: Sequence[str], of: Sequence[str]) -> str:
    """SQLite: the words of columns in a row `content`, a blank before and after each."""
    return " || ' ' || ".join(["''", *(f"content.c{of.index(column)}" for column in columns), "''"])


def _in_vectors(
    columns: Sequence[str], query: Sequence[str], joint: str, *, whole: bool = False
) -> tuple[str, list[str]]:
    """PostgreSQL: that each word (or one of them) begins a word of a column, or with `whole` is one."""
    # A word may stand in any column, so each is looked for on its own: GIN combines the bitmaps.
    each = " OR ".join(f"{column} @@ CAST(%s AS tsquery)" for column in columns)
    return (
        joint.join(f"({each})" for _ in query),
        [f"'{word[:_LONGEST_WORD]}'{'' if whole else ':*'}" for word in query for _ in columns],
    )


def matching(
    database: Database,
    table: str,
    columns: Sequence[str],
    query: Sequence[str],
    *,
    any_word: bool = False,
    whole: bool = False,
    apart: bool = False,
) -> SQL:
    """The subquery of ids of the objects in which every word of `query` begins a word of a column.

    With `any_word` one of them is enough; with `whole` it has to be the word itself. `apart`: the index is asked for
    all of them first, before anything else is looked at; else PostgreSQL chooses, which knows nothing of how rare a
    word is.
    `query` holds folded words (`domain.text.words`), at least one.
    """
    joint = " OR " if any_word else " AND "
    if database.sqlite:
        words = joint.join(f'"{word[:_LONGEST_WORD]}"{"" if whole else "*"}' for word in query)
        match = "{" + " ".join(columns) + "} : (" + words + ")"
        return SQL(f"(SELECT rowid FROM {table} WHERE {table} MATCH ?)", (match,))
    condition, parameters = _in_vectors(columns, query, joint, whole=whole)
    fence = " OFFSET 0" if apart else ""
    return SQL(f"(SELECT id FROM {table} WHERE {condition}{fence})", tuple(parameters))


SUBJECT_WHOLE, SUBJECT_BEGUN, TEXT_WHOLE, TEXT_BEGUN = 4, 3, 2, 1
"""What a word of a search is worth: a whole word of the first column, the beginning of one, and so of the others."""


def score(database: Database, columns: Sequence[str], of: Sequence[str], query: Sequence[str]) -> tuple[str, list[str]]:
    """What the words of `query` are worth in one row `content` of the index of the columns `of`, as SQL.

    The sum over the words; a word that begins no word of `columns`, the first of which is the subject, is worth 0.
    Both engines compute the same. The row is one of `content_table`.
    """
    worths, parameters = [], []
    for word in query:
        word = word[:_LONGEST_WORD]
        cases = []
        for some, whole, begun in ((columns[:1], SUBJECT_WHOLE, SUBJECT_BEGUN), (columns[1:], TEXT_WHOLE, TEXT_BEGUN)):
            for worth, ending in ((whole, " "), (begun, "")):
                if database.sqlite:
                    cases.append(f"WHEN instr({_content_text(some, of)}, ?) > 0 THEN {worth}")
                    parameters.append(f" {word}{ending}")
                else:
                    found = " OR ".join(f"content.{column} @@ CAST(%s AS tsquery)" for column in some)
                    cases.append(f"WHEN {found} THEN {worth}")
                    parameters += [f"'{word}'" if ending else f"'{word}':*"] * len(some)
        worths.append(f"CASE {' '.join(cases)} ELSE 0 END")
    return " + ".join(worths), parameters
