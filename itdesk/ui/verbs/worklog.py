"""The verb of the work log: how long one worked."""

from typing import TYPE_CHECKING

from itdesk.domain.schedule_words import parse_day
from itdesk.domain.work_time import in_words, parse_minutes
from itdesk.ui.verbs import TicketScreenWithVerbs

if TYPE_CHECKING:
    from itdesk.desk.queries.work import TakenBack


async def action_log(screen: TicketScreenWithVerbs) -> None:
    """Log minutes on the tickets; on one, those that the timer counted are offered, with what was just taken back."""
    from itdesk.desk import worklog
    from itdesk.desk.queries.work import taken_back
    from itdesk.ui.dialogs.form import Field, FormDialog

    chosen = screen.targets()
    if not chosen:
        screen.say("There is no ticket here.", alarm=True)
        return
    desk = screen.desk
    counted = desk.stopwatch.minutes(chosen[0].id, desk.clock()) if desk.stopwatch and len(chosen) == 1 else 0
    again = await screen.read(lambda session: taken_back(session, chosen[0].id)) if len(chosen) == 1 else None
    values, said = _offered(counted, again)
    wrong = ""
    while True:
        fields = [
            Field("time", "Time", value=values["time"], placeholder="25m, 1h30, 1.5h"),
            Field("note", "What", needed=False, value=values["note"], placeholder="what you did, in a few words"),
            Field("day", "Day", needed=False, value=values["day"], placeholder="today; or yesterday, fri, 2026-11-23"),
        ]
        title = screen.titled("Log time on", chosen)
        asked = await screen.fill_in(FormDialog(title, fields, verb="log", said=said, wrong=wrong))
        if asked is None:
            return
        values = dict(asked)
        minutes = parse_minutes(values["time"])
        if minutes is None:
            wrong = "Write the time like 25m, 1h30 or 1.5h; at most a day."
            continue
        today = desk.clock().astimezone(desk.zone).date()
        try:
            day = parse_day(values["day"], today, last=True) if values["day"] else None
        except ValueError as error:
            wrong = str(error)
        else:
            break
    note = values["note"]
    change = await screen.act(
        "Log time on",
        chosen,
        lambda session, refs: worklog.log_time(session, refs, minutes, note, worked_on=day),
        what=f"Each of them gets {in_words(minutes)}.",
    )
    if change is not None and desk.stopwatch is not None:
        for ticket in chosen:
            desk.stopwatch.clear(ticket.id, desk.clock())
        screen.tick()


def _offered(counted: int, again: "TakenBack | None") -> tuple[dict[str, str], str]:
    """What stands in the form at first, and where it comes from."""
    timed = f"The timer counted {in_words(counted)}" if counted else ""
    if again is None:
        return {"time": in_words(counted) if counted else "", "note": "", "day": ""}, timed
    day = again.day.isoformat() if again.day else ""
    values = {"time": in_words(counted + again.minutes), "note": again.note, "day": day}
    took_back = f"ou took back {in_words(again.minutes)}"
    return values, f"{timed}, y{took_back}" if timed else f"Y{took_back}"
