"""The verb of the work log: how long one worked."""

from itdesk.domain.schedule_words import parse_day
from itdesk.domain.work_time import in_words, parse_minutes
from itdesk.ui.verbs import TicketScreenWithVerbs


async def action_log(screen: TicketScreenWithVerbs) -> None:
    """Log minutes on the tickets; on one, those that the timer counted are offered."""
    from itdesk.desk import worklog
    from itdesk.ui.dialogs.form import Field, FormDialog

    chosen = screen.targets()
    if not chosen:
        screen.say("There is no ticket here.", alarm=True)
        return
    desk = screen.desk
    counted = desk.stopwatch.minutes(chosen[0].id, desk.clock()) if desk.stopwatch and len(chosen) == 1 else 0
    values = {"time": in_words(counted) if counted else "", "note": "", "day": ""}
    said = f"The timer counted {in_words(counted)}" if counted else ""
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
