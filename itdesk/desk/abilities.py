"""What people can do: skills, languages, and how much work is enough."""

import json
from collections.abc import Iterable
from typing import Any

from itdesk.desk.assignment import skills_of
from itdesk.desk.change import Change
from itdesk.desk.errors import Refused
from itdesk.desk.intake import check_values
from itdesk.desk.people import find_person
from itdesk.desk.reverted import last_of_mine, reverted
from itdesk.desk.session import Session
from itdesk.desk.transaction import Transaction, action
from itdesk.domain.ability_words import parse_language
from itdesk.domain.assignment import Skill
from itdesk.domain.people import LEADS, STAFF, Role
from itdesk.models.journal import JournalEntry, JournalPayload
from itdesk.models.people import Person, PersonSkill

USUAL_CAPACITY = -1
"""The capacity of the person's team, or of the desk, in place of one of their own."""


@action(LEADS, "change what people can do")
def set_abilities(
    tx: Transaction,
    who: str,
    *,
    skills: Iterable[Skill] = (),
    forget: Iterable[str] = (),
    languages: Iterable[str] | None = None,
    capacity: int | None = None,
) -> Change:
    """Enter skills of a member of staff, or forget those of categories; set languages and capacity if they are given.

    Whoever has no skills at all is fit for every ticket of his teams, with no languages for every requester. Requesters
    have languages alone. Raises NotFound for nobody, Refused for unknown categories, levels and languages.
    """
    person = find_person(who)
    skills, forget = tuple(skills), tuple(forget)
    of_staff = Role(person.role) in STAFF
    if not of_staff and (skills or forget or capacity is not None):
        raise Refused(f"{person.login} is {Role(person.role).title}; skills and capacity are of staff only.")
    known = {skill.category: skill for skill in skills_of(tx.session, [person.id]).get(person.id, ())}
    for category in forget:
        if known.pop(category, None) is None:
            raise Refused(f"{person.login} has no skill {category!r}.")
    kept = {**known, **{skill.category: skill for skill in skills}}
    entered = tuple(kept.values()) if of_staff else None
    before = _abilities(tx, person.id)
    able = store_abilities(tx, person.id, skills=entered, languages=languages, capacity=capacity)
    replaced = {name: before[name] for name in able if before[name] != able[name]}
    payload = {"login": person.login, **able, "before": replaced}
    tx.record("abilities_set", f"person:{person.id}", payload=payload)
    told = ", ".join(f"{skill.category} {skill.level}" for skill in sorted(kept.values())) or "none, so all tickets fit"
    sentences = [f"Skills of {person.login}: {told}."] if of_staff else []
    if languages is not None:
        spoken = ", ".join(able["languages"].split()) or "none stated, so all fit"
        sentences.append(f"Languages{'' if of_staff else f' of {person.login}'}: {spoken}.")
    if capacity is not None:
        sentences.append(f"Capacity: {'as usual in their team' if able['capacity'] is None else able['capacity']}.")
    return Change(" ".join(sentences), undoable=bool(replaced))


@action(LEADS, "undo what was changed of people's abilities")
def undo_last_of_abilities(tx: Transaction) -> Change:
    """Undo the actor's newest change of what people can do that was not undone."""
    last = last_of_mine(tx.session, ["abilities_set"])
    if last is None:
        raise Refused("There is nothing of yours to undo in what people can do.")
    return undo_entry(tx, last)


def undo_entry(tx: Transaction, seq: int) -> Change:
    """Undo an entry about what somebody can do; raises Refused where that was changed since."""
    tx.session.require(LEADS, "change what people can do")
    entry = JournalEntry.get_by_id(seq)
    person = Person.get_by_id(int(entry.object.partition(":")[2]))
    told = json.loads(JournalPayload.get_by_id(seq).payload or "{}")
    if seq in reverted(tx.session, [entry.object]):
        raise Refused(f"This change of what {person.login} can do was undone before.")
    if "before" not in told:
        raise Refused(f"What {person.login} could do before is not known any more. Set it by hand.")
    replaced = told["before"]
    now = _abilities(tx, person.id)
    if any(now[name] != told[name] for name in replaced):
        raise Refused(f"What {person.login} can do changed since. Set it by hand.")
    back = dict(replaced)
    if "skills" in back:
        _put_skills(tx, person.id, [Skill(category, level) for category, level in back.pop("skills")])
    if back:
        Person.update(back).where(Person.id == person.id).execute()
    facts = {"reverts": seq, "verb": entry.verb}
    tx.record("undone", entry.object, facts=facts, payload={"login": person.login, **replaced})
    return Change(f"Undid the change of what {person.login} can do.", undoable=False)


def _abilities(tx: Transaction, person_id: int) -> dict[str, Any]:
    """What a person can do, as `store_abilities` hands it back."""
    languages, capacity = tx.session.desk.database.row(
        "SELECT languages, capacity FROM person WHERE id = ?", (person_id,)
    )
    skills = sorted(skills_of(tx.session, [person_id]).get(person_id, ()))
    told = [[skill.category, skill.level] for skill in skills]
    return {"skills": told, "languages": languages, "capacity": capacity}


def store_abilities(
    tx: Transaction,
    person_id: int,
    *,
    skills: Iterable[Skill] | None,
    languages: Iterable[str] | None,
    capacity: int | None,
) -> dict[str, Any]:
    """Store what is given and hand back what the journal keeps of it."""
    told: dict[str, Any] = {}
    if skills is not None:
        rows = sorted(skills)
        for skill in rows:
            _check_skill(tx.session, skill)
        _put_skills(tx, person_id, rows)
        told["skills"] = [[skill.category, skill.level] for skill in rows]
    values: dict[str, Any] = {}
    if languages is not None:
        values["languages"] = " ".join(_languages(languages))
    if capacity is not None:
        if capacity < USUAL_CAPACITY:
            raise Refused(f"A capacity is a weighted load from 0 on, not {capacity}.")
        values["capacity"] = None if capacity == USUAL_CAPACITY else capacity
    if values:
        Person.update(values).where(Person.id == person_id).execute()
    return told | values


def _put_skills(tx: Transaction, person_id: int, skills: Iterable[Skill]) -> None:
    PersonSkill.delete().where(PersonSkill.person == person_id).execute()
    rows = [{"person_id": person_id, "category": skill.category, "level": skill.level} for skill in skills]
    tx.session.desk.database.insert_rows("person_skill", rows)


def _check_skill(session: Session, skill: Skill) -> None:
    if skill.level not in range(1, 6):
        raise Refused(f"A skill's level is 1 to 5, not {skill.level} ({skill.category}).")
    check_values(session.rulebook, skill.category, None, None)


def _languages(codes: Iterable[str]) -> list[str]:
    try:
        return list(dict.fromkeys(map(parse_language, codes)))
    except ValueError as error:
        raise Refused(str(error)) from None
