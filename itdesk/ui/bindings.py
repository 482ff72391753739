"""Textual's bindings out of the action table."""

from textual.binding import Binding, BindingType

from itdesk.ui.actions import ACTIONS, Scope


def bindings(scope: Scope) -> list[BindingType]:
    """The bindings of a scope's own actions."""
    return [
        Binding(
            ",".join(action.keys),
            action.id,
            action.title,
            id=action.id,
            tooltip=action.tooltip,
            show=False,
            priority=action.always,
        )
        for action in ACTIONS
        if scope in action.scopes and action.keys
    ]
