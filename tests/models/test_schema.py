"""The tables are what the models say, refuse what is wrong, and every field says whether it is personal."""

from typing import Any

import peewee
import pytest

from itdesk.desk.errors import DatabaseProblem
from itdesk.desk.session import Desk
from itdesk.models.fields import MomentField
from tests.support.tables import TABLES

NOT_PERSONAL = {
    "Meta": {"name", "value"},
    "Person": {"role"},
    "Team": {"name", "title"},
    "Ticket": {
        "kind",
        "external_id",
        "channel",
        "status",
        "waiting_reason",
        "category",
        "impact",
        "urgency",
        "closure_code",
        "agreement",
        "due_clock",
    },
    "TicketLink": {"type"},
    "Message": {"kind", "channel"},
    "Decision": {"thing", "source", "rule", "place"},
    "Draft": {"kind"},
    "TicketDraft": {"channel", "kind", "category", "impact", "urgency", "tags"},
    "Notice": {"kind"},
    "WeeklyShift": {"first_day", "last_day"},
    "ShiftChange": {"day"},
    "Appointment": {"state"},
    "ChecklistStep": {"sop", "step", "asks", "caption"},
    "TicketTest": {"outcome"},
    "Approval": {"rule", "need", "rejected", "status_before", "waiting_before", "outcome"},
    "ApprovalVoter": {"vote", "office"},
    "WorkLog": {"worked_on"},
    "TicketClocks": {"state"},
    "EscalationDone": {"step"},
    "Lease": {"name", "holder"},
    "Article": {"state", "title", "body", "category"},
    "StoredRulebook": {"config_hash", "content"},
    "SavedView": {"order"},
    "Command": {"key"},
    "JournalEntry": {"verb", "object", "facts"},
}
"""Texts that say nothing about a person. Whoever adds a field decides here or in the model's `personal`."""

TYPES = {
    "sqlite": {
        "INTEGER": {"INTEGER"},
        "TEXT": {"TEXT"},
        "BLOB": {"BLOB"},
        "BOOLEAN": {"INTEGER"},
        "BIGINT": {"INTEGER"},
    },
    "postgres": {
        "INTEGER": {"integer"},
        "TEXT": {"text"},
        "BLOB": {"bytea"},
        "BOOLEAN": {"boolean"},
        "BIGINT": {"bigint"},
    },
}


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_every_text_field_is_personal_or_named_as_not(model: Any) -> None:
    texts = {name for name, field in model._meta.fields.items() if isinstance(field, peewee.TextField)}
    assert model.personal <= set(model._meta.fields)
    assert texts - model.personal == NOT_PERSONAL.get(model.__name__, set())


def test_no_model_is_forgotten() -> None:
    from itdesk.models.base import BaseModel

    def descendants(model: type[Any]) -> set[type[Any]]:
        direct = {child for child in model.__subclasses__() if "alias" not in child.__name__.lower()}
        return direct | {one for child in direct for one in descendants(child)}

    assert descendants(BaseModel) == set(TABLES)


def kind(field: Any) -> str:
    if isinstance(field, peewee.ForeignKeyField):
        return "INTEGER"
    for of, name in (
        (peewee.BigIntegerField, "BIGINT"),
        (MomentField, "BIGINT"),
        (peewee.BooleanField, "BOOLEAN"),
        (peewee.IntegerField, "INTEGER"),
        (peewee.TextField, "TEXT"),
        (peewee.BlobField, "BLOB"),
    ):
        if isinstance(field, of):
            return name
    raise AssertionError(f"no type is known for {field!r}")


def test_the_migrated_tables_are_those_of_the_models(desk: Desk, engine: str) -> None:
    for model in TABLES:
        meta = model._meta
        stored = {column.name: column for column in desk.database.engine.get_columns(meta.table_name)}
        assert set(stored) == {field.column_name for field in meta.sorted_fields}, meta.table_name
        for field in meta.sorted_fields:
            column = stored[field.column_name]
            assert column.data_type in TYPES[engine][kind(field)], f"{meta.table_name}.{column.name}"
            if not isinstance(field, peewee.AutoField):
                assert column.null == field.null, f"{meta.table_name}.{column.name}"
        key: Any = meta.primary_key
        names = key.field_names if isinstance(key, peewee.CompositeKey) else (key.name,)
        stored_key = set(desk.database.engine.get_primary_keys(meta.table_name))
        assert stored_key == {meta.fields[name].column_name for name in names}
        foreign = {
            key.column: (key.dest_table, key.dest_column)
            for key in desk.database.engine.get_foreign_keys(meta.table_name)
        }
        wanted = {
            field.column_name: (field.rel_model._meta.table_name, field.rel_field.column_name) for field in meta.refs
        }
        if meta.table_name == "journal_payload":
            wanted = {"seq": ("journal", "seq")}
        assert foreign == wanted, meta.table_name


def test_every_table_belongs_to_a_model_or_to_the_search(desk: Desk) -> None:
    tables = {name for name in desk.database.engine.get_tables() if not name.startswith("sqlite_")}
    search = {name for name in tables if name.startswith(("ticket_search", "article_search"))}
    assert tables - search == {model._meta.table_name for model in TABLES}
    assert {"ticket_search", "article_search"} <= search


INSERT_TICKET = (
    "INSERT INTO ticket (kind, subject, body, requester_id, channel, site, status, waiting_reason, category, impact,"
    " urgency, priority, major, level, resolution, root_cause, opened_at, changed_at, closed_at, order_key, version)"
    " VALUES ('incident', 'x', '', {requester}, 'cli', '', {status}, {waiting}, 'c', 'i', 'u', {priority}, (1 = 0),"
    " {level}, '', '', {opened}, 0, {closed}, 0, 1)"
)
FINE = {
    "requester": "1",
    "status": "'new'",
    "waiting": "NULL",
    "priority": "3",
    "level": "1",
    "opened": "0",
    "closed": "NULL",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"requester": "999"},
        {"requester": "NULL"},
        {"priority": "6"},
        {"priority": "0"},
        {"level": "4"},
        {"opened": "'yesterday'"},
        {"closed": "1"},
        {"status": "'closed'"},
        {"status": "'cancelled'"},
        {"status": "'waiting'"},
        {"waiting": "'vendor'"},
    ],
    ids=str,
)
def test_both_databases_refuse_what_no_ticket_can_be(desk: Desk, wrong: dict[str, str]) -> None:
    statement = INSERT_TICKET.format(**FINE | wrong)
    if not wrong:
        desk.database.execute(statement)
        return
    with pytest.raises(DatabaseProblem, match="refused"):
        desk.database.execute(statement)


@pytest.mark.sqlite
def test_every_sqlite_table_is_strict(sqlite_desk_url: str) -> None:
    from tests.support.desks import opened

    with opened(sqlite_desk_url) as desk:
        rows = desk.database.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        ).fetchall()
        stored = {model._meta.table_name for model in TABLES}
        assert {name for name, strict in rows if strict} >= stored
