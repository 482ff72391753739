"""The rules on many texts: 200 of them, each decision with its explanation."""

import csv
import gzip
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random

from itdesk.domain import rules
from itdesk.domain.classification import Rule
from itdesk.domain.conditions import Contains, Field
from itdesk.domain.decisions import Source, Thing
from itdesk.domain.rulebook import Rulebook
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from tests.benchmarks.figures import Figure
from tests.benchmarks.generator import SEED
from tests.benchmarks.words import Sentences

RULES = 200
TEXTS = 10_000
REAL_TEXTS = "it_tickets_by_topic.csv.gz"


def rule_figures() -> list[Figure]:
    """Tickets decided in a second, on real texts where ITDESK_REAL_DATA names their folder, else on generated ones."""
    rulebook = many_rules(load_rulebook(shipped_config()))
    texts = list(islice(_texts(rulebook), TEXTS))
    facts = [rules.TicketFacts(text.partition("\n")[0][:80], text, channel="mail") for text in texts]
    rules.decide(rulebook, facts[0])
    begun = time.perf_counter()
    decided = [rules.decide(rulebook, one) for one in facts]
    taken = time.perf_counter() - begun
    explained = [one for decisions in decided for one in decisions if one.source is Source.RULE]
    assert all(one.evidence for one in explained)
    assert any(one.thing is Thing.CATEGORY for one in explained)
    letters = sum(map(len, texts)) // len(texts)
    kind = "real" if _folder() else "generated"
    remark = f"{len(facts):,} {kind} texts of {letters} letters"
    return [Figure(f"{RULES} rules, explained", len(facts) / taken, "/s", 10_000, 50_000, True, remark=remark)]


def many_rules(rulebook: Rulebook) -> Rulebook:
    """The shipped rules and, after them, so many more that there are RULES, with keywords that sometimes hit."""
    shipped = len(rulebook.rules) + len(rulebook.priorities.rules) + len(rulebook.priorities.adjustments)
    random = Random(SEED)
    vocabulary = Sentences.vocabulary(SEED)
    more = []
    for number in range(RULES - shipped):
        phrases = tuple(random.sample(vocabulary, 6))
        category = random.choice(rulebook.categories).path
        more.append(
            Rule(f"more-{number}", f"more.yaml:{number}", ((Thing.CATEGORY, category),), Contains(Field.TEXT, phrases))
        )
    return replace(rulebook, rules=(*rulebook.rules, *more))


def _folder() -> Path | None:
    named = os.environ.get("ITDESK_REAL_DATA")
    return Path(named) if named and (Path(named) / REAL_TEXTS).exists() else None


def _texts(rulebook: Rulebook) -> Iterator[str]:
    folder = _folder()
    if folder is not None:
        with gzip.open(folder / REAL_TEXTS, "rt", encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                yield row[0]
    else:
        random = Random(SEED)
        texts = [Sentences(category.path, category.title, SEED) for category in rulebook.categories[:20]]
        for number in range(TEXTS):
            subject, body = random.choice(texts).request(random, number)
            yield f"{subject}\n{body}"
