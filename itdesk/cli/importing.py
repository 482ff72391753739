"""`itdesk import`: tickets of another system."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from itdesk.cli.errors import INTERRUPTED
from itdesk.cli.output import remark, say, say_json
from itdesk.cli.parameters import as_json
from itdesk.desk.queries.rulebook import config_folder
from itdesk.desk.session import Session
from itdesk.domain.mapping import TopicMapping
from itdesk.gateways.import_report import ImportSummary, Progress, RowCount, Warnings
from itdesk.gateways.importing import import_file
from itdesk.gateways.topics import TopicHits, TopicTexts, measure, report
from itdesk.settings.locations import shipped_config
from itdesk.settings.mappings import load_mapping

_SENTENCES_SHOWN = 10

Show = Callable[[str, Progress], None]
"""Shows how far a stage is, by the stage's name."""


@click.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--mapping", metavar="NAME|FILE.yaml", required=True, help="How to read it: servicenow-log, topics, …")
@click.option(
    "--until", metavar="DATE", default=None, help="As the desk stood at that moment; later rows are left out."
)
@as_json
@click.pass_context
def import_command(ctx: click.Context, file: Path, mapping: str, until: str | None, as_json: bool) -> None:
    """Import tickets with their histories from a CSV file (plain or gzip).

    It can be run again: what is imported stays as it is, and it goes on from there. Ctrl-C ends it; what was committed
    stays. Mappings are in the folder imports/ of the settings. DATE is a day (its first moment in the desk's time
    zone) or a full time, 2016-03-31 or 2016-03-31T12:00.

    \b
    Examples:
      itdesk import incidents.csv.gz --mapping servicenow-log
      itdesk import incidents.csv.gz --mapping servicenow-log --until 2016-03-31
    """
    with ctx.obj.session() as session:
        moment = _moment(until, ZoneInfo(session.rulebook.desk.time_zone)) if until else None
        read_by = load_mapping(mapping, _folders(session), session.rulebook)
        hits: tuple[TopicHits, ...] = ()
        with _progress() as show:
            summary = import_file(
                session, file, read_by, until=moment, on_progress=lambda at: show(at.stage.capitalize(), at)
            )
            if isinstance(read_by, TopicMapping) and not summary.interrupted:
                texts = TopicTexts(file, read_by, rows=RowCount(), warnings=Warnings())
                hits = measure(texts.texts(lambda at: show("Measuring", at)), read_by, session.rulebook)
    if as_json:
        say_json(_as_json(summary, hits))
    else:
        _print(summary, hits)
    if summary.interrupted:
        remark("Interrupted. What is counted here is kept; run the same command again to go on.")
        ctx.exit(INTERRUPTED)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no date; write 2016-03-31 or 2016-03-31T12:00.", param_hint="--until"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _folders(session: Session) -> list[Path]:
    own = config_folder(session.desk)
    return [*([Path(own)] if own else []), shipped_config()]


def _as_json(summary: ImportSummary, hits: tuple[TopicHits, ...]) -> dict[str, Any]:
    return {
        "interrupted": summary.interrupted,
        "continued": summary.continued,
        "unchanged": summary.unchanged,
        "repeated": summary.repeated,
        "later": summary.later,
        **({"topics": [asdict(hit) for hit in hits]} if hits else {}),
        "sentences": [sentence for _, sentence in summary.sentences],
        "read": summary.read,
        "imported": summary.imported,
        "skipped": summary.skipped,
        "warnings": dict(summary.warnings),
    }


def _print(summary: ImportSummary, hits: tuple[TopicHits, ...]) -> None:
    rows = [f"{summary.read:,} rows read", f"{summary.skipped:,} skipped"]
    rows += [f"{summary.repeated:,} repeated"] if summary.repeated else []
    rows += [f"{summary.later:,} later than --until"] if summary.later else []
    say(f"{', '.join(rows)}.")
    say(
        f"{summary.imported:,} tickets imported, {summary.continued:,} continued, "
        f"{summary.unchanged:,} unchanged since the last import."
    )
    if hits:
        say("")
        say(report(hits))
    if not summary.warnings:
        say("No warnings.")
        return
    say("")
    for kind, count in summary.warnings:
        say(f"{count:,} warnings: {kind}")
        told = [sentence for of_kind, sentence in summary.sentences if of_kind == kind]
        for sentence in told[:_SENTENCES_SHOWN]:
            say(f"  {sentence}")
        if count > _SENTENCES_SHOWN:
            say(f"  and {count - _SENTENCES_SHOWN:,} more (see --json)")


@contextmanager
def _progress() -> Iterator[Show]:
    """A progress bar on standard error, where that is a terminal: how far, how fast, how long yet."""
    if not sys.stderr.isatty():
        yield lambda _, __: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, progress: Progress) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, rate="")
            elapsed = bar.tasks[tasks[stage]].elapsed
            bar.update(
                tasks[stage],
                completed=progress.bytes_read,
                total=progress.bytes_total,
                rate=f"{progress.rows / elapsed:,.0f} rows/s" if elapsed else "",
            )

        yield show
