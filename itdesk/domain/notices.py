"""Notices: what the desk tells a person on screen, kept until it was read."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """Why a person gets a notice."""

    ASSIGNMENT = "assignment"
    ANSWER = "answer"
    MENTION = "mention"
    WATCHED = "watched"
    APPROVAL = "approval"
    TEST = "test"
    ESCALATION = "escalation"
    APPOINTMENT = "appointment"
    SCHEDULE = "schedule"
    LINKED = "linked"
    UNDONE = "undone"
    SETTINGS = "settings"
