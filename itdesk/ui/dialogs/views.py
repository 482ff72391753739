"""The views of the queue: show one, save the filter as another, rename or remove one of your own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from itdesk.domain.rulebook import View
from itdesk.ui.actions import BY_ID, Keymap, Scope, keys_of, shown
from itdesk.ui.bindings import bindings
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.text import content, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.status_bar import Hint

_MOST_LINES = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What shall be done: `show`, `save`, `rename` or `remove`, and the view that the cursor was on."""

    deed: str
    view: View | None


class ViewsDialog(Dialog[Asked]):
    """The desk's views, then one's own, each with what it shows and how many tickets that are."""

    AUTO_FOCUS = "ChoiceList"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.VIEWS),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("g,home", "move(-1000)", show=False),
        Binding("G,end", "move(1000)", show=False),
        Binding("enter", "show_view", show=False),
        Binding("q", "leave_it", show=False),
    ]

    def __init__(
        self, views: Sequence[View], own: Sequence[View], counts: Sequence[str], current: View, *, keymap: Keymap
    ) -> None:
        """`own` are those of `views` that are this person's; `counts` belong to `views`, empty while not counted."""
        super().__init__("Views", said="")
        self._views, self._own, self._counts = tuple(views), tuple(own), tuple(counts)
        self._current = current
        self._keymap = keymap

    def body(self) -> ComposeResult:
        """The list."""
        yield ChoiceList()

    def on_mount(self) -> None:
        """The cursor begins on the view that is shown."""
        listed = self.query_one(ChoiceList)
        listed.show(self._choices(), at=self._current)

    def fit_box(self) -> None:
        """As tall as the list is, if the screen has room for it."""
        self.fit_list(self.query_one(ChoiceList), len(self._choices()), _MOST_LINES)

    def _choices(self) -> list[Choice]:
        palette = roles(self)

        def entry(view: View) -> Choice:
            at = self._views.index(view)
            count = self._counts[at] if at < len(self._counts) else ""
            order = "" if view.order == "fair" else f", {view.order.title}"
            query = content(f"{view.query}{order}", palette.dim).truncate(44, ellipsis=True)
            return Choice(view, join("  ", content(view.title, palette.text)), join(query, content(f" {count:>5}")))

        desk = [view for view in self._views if view not in self._own]
        choices = [Choice(None, content("The desk's", palette.dim + BOLD), heading=True), *map(entry, desk)]
        if self._own:
            choices.append(Choice(None, content("Your own", palette.dim + BOLD), heading=True))
            choices += map(entry, self._own)
        return choices

    def hints(self) -> Sequence[Hint]:
        """What can be done with the view under the cursor."""
        ids = ["save_view", *(["rename_view", "remove_view"] if self._chosen in self._own else [])]
        acts = [(BY_ID[one], keys_of(BY_ID[one], self._keymap)) for one in ids]
        return (
            Hint("esc", "close"),
            Hint("enter", "show"),
            *(Hint(shown(keys[0]), action.title) for action, keys in acts if keys),
        )

    @property
    def _chosen(self) -> View | None:
        choice = self.query_one(ChoiceList).choice
        return choice.value if choice is not None and not choice.heading else None

    @on(ChoiceList.Moved)
    def _moved(self) -> None:
        self.show_hints()

    @on(ChoiceList.Chosen)
    def _clicked(self) -> None:
        self.action_show_view()

    def action_move(self, by: int) -> None:
        """Another view."""
        self.query_one(ChoiceList).move(by)

    def action_show_view(self) -> None:
        """Show it."""
        self.dismiss(Asked("show", self._chosen))

    def action_save_view(self) -> None:
        """Save the filter that is on now."""
        self.dismiss(Asked("save", self._chosen))

    def action_rename_view(self) -> None:
        """Another name for one's own."""
        self._own_only("rename")

    def action_remove_view(self) -> None:
        """Away with one's own."""
        self._own_only("remove")

    def _own_only(self, deed: str) -> None:
        if self._chosen in self._own:
            self.dismiss(Asked(deed, self._chosen))
        else:
            self.show_hints("This is the desk's view: it stands in views.yaml.", alarm=True)
