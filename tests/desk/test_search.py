"""Searching: both databases find the same tickets, and no text makes a search fail."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from itdesk.desk import communication, triage
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import queue
from itdesk.desk.queries.knowledge import articles
from itdesk.desk.session import Desk, Session, open_desk, sign_in
from itdesk.domain.people import Role
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import parse
from tests.support.desks import OPENING, SignIn, StillClock, copy_sqlite, sign_in_at
from tests.support.postgres import PostgresServer, fresh_name
from tests.support.tables import TABLES

TEXTS = [
    ("Überprüfung der Drucker", "Straße, Ærøskøbing, İstanbul, naïve café"),
    ("Uberprufung strasse", "plain letters"),
    ("打印机坏了", "請檢查網路連線 プリンター 프린터"),
    ("Wi-Fi e-mail VPN-2 a-b", "rita@example.com wrote to o'neil@example.co.uk"),
    ("Quotes \"blue screen\" 'single' `tick`", "AND OR NOT NEAR(a b) * ^ : ( ) { } + - ~ | & ! <->"),
    ("win10 mp3 ipv6 http2", "KB5031234 C:\\Windows\\system32 100% _under_score"),
    ("Emoji 👩‍💻 printer 🖨️", "zero\u200bwidth soft\u00adhyphen NUL\0byte tab\tbed"),
    ("fi ligature ﬁle Å ① ½ ² Ⅷ", "हिन्दी ไทย עברית العربية Ελληνικά кириллица"),
    ("INC-1 is mentioned", "see INC0000045 and 1042"),
    ("x" * 300 + "abc", "y" * 600 + " " + "z" * 499 + "é"),
]


class Both:
    """The same tickets on SQLite and on PostgreSQL. Models belong to one desk at a time."""

    def __init__(self, desks: list[Desk]) -> None:
        self.desks = desks

    def sessions(self) -> Iterator[Session]:
        for desk in self.desks:
            desk.database.engine.bind(TABLES)
            yield Session(desk, sign_in(desk, "tom"), lambda: OPENING + timedelta(days=10))

    def found(self, text: str) -> list[int]:
        """The tickets that both find; fails where they differ."""
        query = parse(text)
        query.understood()
        answers = [sorted(row.id for row in queue.page(session, query).rows) for session in self.sessions()]
        assert answers[0] == answers[-1], f"SQLite finds {answers[0]}, PostgreSQL {answers[-1]}"
        best = [[row.id for row in queue.page(session, query, Order.BEST).rows] for session in self.sessions()]
        assert best[0] == best[-1], f"SQLite ranks {best[0]}, PostgreSQL {best[-1]}"
        assert sorted(best[0]) == answers[0]
        assert [queue.count(session, query) for session in self.sessions()] == [len(answers[0])] * len(self.desks)
        return answers[0]


def fill(desk: Desk) -> None:
    clock = StillClock()
    sign_in_as = sign_in_at(desk, clock)
    add_people(
        sign_in_as("ada"),
        [
            NewPerson("ä_b", "Ännchen Müller", site="Köln", email="Aennchen@Example.com"),
            NewPerson("axb", "100% Ann", site="Koeln"),
        ],
    )
    for number, (subject, body) in enumerate(TEXTS):
        who = ["rita", "ä_b", "axb"][number % 3]
        clock.advance(hours=5)
        (ticket,) = submit(
            sign_in_as("tom"), NewTicket(subject, body, requester=who, tags=("Über", f"t{number}"))
        ).tickets
        communication.note(sign_in_as("tom"), [ticket], f"note marker{number} ünder")
        if number % 2:
            triage.take(sign_in_as("tom"), [ticket])


@pytest.fixture(scope="module")
def both(
    sqlite_template: Path,
    postgres_server: PostgresServer,
    postgres_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Both]:
    path = tmp_path_factory.mktemp("both") / "desk.sqlite3"
    copy_sqlite(sqlite_template, path)
    with ExitStack() as stack:
        uri = stack.enter_context(postgres_server.database(fresh_name(), postgres_template))
        desks = []
        for location in (str(path), uri):
            desk = open_desk(location)
            stack.callback(desk.close)
            fill(desk)
            desks.append(desk)
        yield Both(desks)


pytestmark = pytest.mark.postgres


@pytest.mark.parametrize(
    ("text", "tickets"),
    [
        ("uberpruf", [1, 2]),
        ("ÜBERPRÜF", [1, 2]),
        ("straße", [1, 2]),
        ("STRASSE cafe", [1]),
        ("aeroskobing istanbul", [1]),
        ("打印机坏了", [3]),
        ("打印", [3]),
        ("プリンター", [3]),
        ("wi-fi", [4]),
        ("wifi", []),
        ("rita@example.com", [4]),
        ("o'neil", [4]),
        ('"blue screen"', [5]),
        ("near(a", [5]),
        ("AND", [5, 9]),
        ("win10", [6]),
        ("windows\\system32", [6]),
        ("under_score", [6]),
        ("👩‍💻 printer", [7]),
        ("👩‍💻", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("file", [8]),
        ("кирил", [8]),
        ("INC-1", [1]),
        ("inc1", [1]),
        ("1", [1, 3, 6, 8, 9]),
        ("x" * 300 + "ab", [10]),
        ("y" * 600, [10]),
        ("marker3 under", [4]),
        ("from:rita", [1, 4, 7, 10]),
        ("from:ä_b", [2, 5, 8]),
        ("from:müller", [2, 5, 8]),
        ("from:MÜLL", [2, 5, 8]),
        ("from:aennchen@EXAMPLE.com", [2, 5, 8]),
        ("from:100%", [3, 6, 9]),
        ("from:%", [3, 6, 9]),
        ("from:muller", [2, 5, 8]),
        ("from:annchen", [2, 5, 8]),
        ("from:a_b", [2, 5, 8]),
        ("from:a%b", []),
        ("from:\\", []),
        ("from:nobody", []),
        ("site:köln", [2, 5, 8]),
        ("site:ÖLN", [2, 5, 8]),
        ("site:koln", [2, 5, 8]),
        ("site:oeln", [3, 6, 9]),
        ("site:\\", []),
        ("#über p:1,2,3,4,5", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("#uber #T3", [4]),
        ("-#t3 @tom", [2, 6, 8, 10]),
        ("@,", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("@%", []),
        ("@none", [1, 3, 5, 7, 9]),
        ("-@me status:open", [1, 3, 5, 7, 9]),
        ("team:%", []),
        ("status:closed", []),
        ("status:all -status:new", [2, 4, 6, 8, 10]),
        ("opened:>239h", []),
        ("opened:2026-03-02", [1, 2]),
        ("opened:2026-03-03..2026-03-04", [3, 4, 5, 6, 7, 8, 9, 10]),
        ("opened:2026-03-02,2026-03-04", [1, 2, 8, 9, 10]),
        ("opened:..2026-03-03 -opened:2026-03-02", [3, 4, 5, 6, 7]),
        ("arrived:mon", [1, 2]),
        ("arrived:mon-15,tue-01 arrived:mon-15", [1]),
        ("-arrived:tue,wed", [1, 2]),
        ("since:2026-03-02 status:new", [1]),
        ("resolved:<9999w", []),
        ("-resolved:<9999w", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("reopened:no escalated:no", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("reopened:yes", []),
        ("category:=network status:all", []),
        ("opened:<9999w", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ],
)
def test_both_databases_find(both: Both, text: str, tickets: list[int]) -> None:
    assert both.found(text) == tickets


PIECES = st.sampled_from(
    [piece for pair in TEXTS for text in pair for piece in text.split()]
    + [
        "status:",
        "from:",
        "team:",
        "#",
        "@",
        "-",
        '"',
        "opened:>",
        "resolved:",
        "2026-03-02",
        "..",
        "arrived:mon",
        "site:",
        "number:",
        "cat:",
        "p:1",
        "%",
        "_",
        "\\",
        "\0",
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=30), st.lists(PIECES, max_size=4).map(" ".join), st.lists(PIECES, max_size=4).map("".join)
    )
)
@example("\ud800 from:\ud800 #\ud800")
@example("from:a\0 @b\0 site:\0 #\0")
@example("\u19b0 \u1cf2")
@example("é" * 3000)
def test_both_find_the_same_whatever_is_typed(both: Both, text: str) -> None:
    both.found(text)
    both.found(f"status:all {text}")
    assert [len(articles(session, text)) for session in both.sessions()] == [0, 0]


_KEYS = (
    *("from", "site", "team", "tag", "who", "cat", "number", "status", "channel"),
    *("opened", "resolved", "reopened", "arrived", "since"),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(
        [
            "from",
            "site",
            "team",
            "tag",
            "who",
            "cat",
            "number",
            "opened",
            "status",
            "channel",
            "resolved",
            "reopened",
            "arrived",
            "since",
        ]
    ),
    value=st.text(max_size=12),
)
def test_both_find_the_same_for_any_value_of_a_term(both: Both, key: str, value: str) -> None:
    both.found(f"{key}:{value}")
    both.found(f"-{key}:{json.dumps(value, ensure_ascii=False)}")


@pytest.mark.parametrize("typed", ["@jose", "@José", "@JOSÉ", "assignee:josé", "from:muller @jose"])
def test_a_login_is_found_without_its_accents(desk: Desk, sign_in_as: SignIn, typed: str) -> None:
    add_people(
        sign_in_as("ada"), [NewPerson("josé", "José Ángel", Role.TECHNICIAN), NewPerson("mueller", "Eva Müller")]
    )
    (ticket,) = submit(sign_in_as("tom"), NewTicket("VPN drops", requester="mueller")).tickets
    triage.assign(sign_in_as("tom"), [ticket], "josé")
    assert [row.id for row in queue.page(sign_in_as("tom"), parse(typed)).rows] == [ticket]


def test_a_renamed_person_is_found_by_the_new_name_at_once(desk: Desk, sign_in_as: SignIn) -> None:
    submit(sign_in_as("tom"), NewTicket("VPN drops", requester="rita"))
    tom = sign_in_as("tom")
    assert queue.count(tom, parse("from:zoe")) == 0
    add_people(sign_in_as("ada"), [NewPerson("rita", "Zoë Ångström")])
    assert queue.count(tom, parse("from:zoe")) == 1
