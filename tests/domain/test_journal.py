"""The chain of the journal, without a database."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.journal import GENESIS, Entry, StoredEntry, breaks, canonical, chained, commitment

SALT = bytes(range(32))


def chain(count: int) -> list[StoredEntry]:
    stored, previous = [], GENESIS
    for seq in range(1, count + 1):
        payload = canonical({"text": f"Überschrift {seq}"})
        entry = Entry(
            seq, 10 * seq, 9 * seq, seq % 3, "noted", f"ticket:{seq}", canonical({"n": seq}), commitment(SALT, payload)
        )
        previous = chained(previous, entry)
        stored.append(StoredEntry(entry, previous, SALT, payload))
    return stored


def found(entries: list[StoredEntry]) -> list[int]:
    return [item.seq for item in breaks(entries)]


def test_a_whole_chain_has_no_breaks() -> None:
    assert found(chain(5)) == []
    assert found([]) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("recorded_at", 1),
        ("occurred_at", 1),
        ("actor", 9),
        ("verb", "note"),
        ("object", "ticket:4"),
        ("facts", '{"n": 3}'),
        ("commitment", bytes(32)),
    ],
)
def test_a_changed_part_of_an_entry_is_found_at_that_entry(name: str, value: object) -> None:
    entries = chain(5)
    entries[2] = replace(entries[2], entry=replace(entries[2].entry, **{name: value}))  # type: ignore[arg-type]
    assert found(entries)[0] == 3


def test_a_text_that_was_put_in_place_of_another_with_its_commitment_is_found() -> None:
    entries = chain(3)
    entry = replace(entries[1].entry, commitment=commitment(SALT, "{}"))
    assert found([entries[0], StoredEntry(entry, entries[1].hash, SALT, "{}"), entries[2]]) == [2]


def test_text_moved_from_one_part_to_the_next_is_found() -> None:
    entry = chain(1)[0].entry
    moved = replace(entry, verb="note", object="dticket:1")
    assert chained(GENESIS, moved) != chained(GENESIS, entry)


@given(st.integers(0, 5), st.integers(0, 5))
def test_swapped_entries_are_found(one: int, other: int) -> None:
    entries = chain(6)
    entries[one], entries[other] = entries[other], entries[one]
    assert bool(found(entries)) == (one != other)


@given(st.sets(st.integers(0, 7), min_size=1, max_size=7))
def test_removed_entries_are_found_unless_they_were_the_tail(gone: set[int]) -> None:
    entries = [entry for place, entry in enumerate(chain(8)) if place not in gone]
    tail = set(range(min(gone), 8)) == gone
    assert bool(found(entries)) != tail


def test_an_entry_put_in_twice_is_found() -> None:
    entries = chain(4)
    assert found([*entries[:2], entries[1], *entries[2:]])
    assert found([entries[0], *entries])


def test_an_erased_text_is_no_break_a_changed_or_half_erased_one_is() -> None:
    entries = chain(3)
    erased = replace(entries[1], salt=None, payload=None)
    assert found([entries[0], erased, entries[2]]) == []
    for broken in (
        replace(entries[1], payload="{}"),
        replace(entries[1], salt=bytes(32)),
        replace(entries[1], salt=None),
    ):
        assert found([entries[0], broken, entries[2]]) == [2]


@given(st.dictionaries(st.text(), st.one_of(st.none(), st.booleans(), st.integers(), st.text()), max_size=5))
def test_one_content_has_one_text(data: dict[str, object]) -> None:
    assert canonical(dict(reversed(data.items()))) == canonical(data)
