"""No text that somebody wrote reaches a terminal around the gate: every place that shows text is read in the source."""

import ast
from pathlib import Path

import pytest

from tests.support.text_gate import leaks

CHECKOUT = Path(__file__).parent.parent.parent

ALLOWED = {
    ("itdesk.ui.widgets.lines", "segments[-1].text + segment.text"),  # pieces of Content, joined
    ("itdesk.ui.widgets.charts", "number"),  # a figure's number, drawn as lines that pass the gate one by one
    ("itdesk.ui.glyphs", "plain(segment.text, at_edge=at == 0)"),  # what was painted already
    # An Input's placeholder is shown as plain Text and cannot be Content.
    ("itdesk.ui.dialogs.form", "safe(field.placeholder)"),
    ("itdesk.ui.widgets.filter_line", "safe(_whole_words(self._placeholder, width - 1))"),
    ("itdesk.ui.widgets.filter_line", "safe(fitting)"),
}

HEAD = "from itdesk.ui.text import content, join\n"
GATE = "def content(text: str) -> Content: ...\ndef join(*parts: Content | str) -> Content: ...\nEMPTY = Content('')"


def leaks_in(code: str) -> list[str]:
    return [leak.code for leak in leaks({"itdesk.ui.text": GATE, "itdesk.ui.sample": HEAD + code})]


def test_every_text_on_a_screen_has_passed_the_gate() -> None:
    sources = {
        ".".join(path.relative_to(CHECKOUT).with_suffix("").parts): path.read_text()
        for path in sorted((CHECKOUT / "itdesk" / "ui").rglob("*.py"))
    }
    assert "itdesk.ui.text" in sources
    found = [str(leak) for leak in leaks(sources) if (leak.module, leak.code) not in ALLOWED]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "code",
    [
        "Static(row.subject, markup=False)",
        "Static(f'{row.number}: {row.subject}')",
        "Label('Subject: ' + subject)",
        "Static('%s' % subject)",
        "Static('{}'.format(subject))",
        "self.query_one('#line').update(str(error))",
        "self.notify(f'Cannot: {error}')",
        "self.notify('Cannot', title=title)",
        "options.add_option(Option(person.name))",
        "join(content('x'), row.subject)",
        "Content(row.subject)",
        "Content.from_markup(row.subject)",
        "Text(row.subject)",
        "Segment(row.subject, style)",
        "box.border_title = title",
        "def f(title: str) -> None:\n    Static(title)",
        "def f():\n    title = 'a'\n    title = row.subject\n    Static(title)",
        "def f():\n    for line in lines:\n        Static(line)",
        "def title(self) -> str: ...\nStatic(title())",
        "class Line(Static):\n    def __init__(self, text: str) -> None:\n        super().__init__(text)",
        "class Line(Widget):\n    def render(self) -> str:\n        return self.text",
        "class A:\n def o(self) -> str: ...\n def f(self): Static(self.o())\nclass B:\n def o(self) -> Content: ...",
        "class A:\n  def __init__(self, said: str): self.said = said\n  def show(self): Static(self.said)",
        "Input(ticket.subject)",
        "TextArea(text=draft.text)",
        "TextArea(content(draft.text).plain)",
        "Markdown(article.body)",
        "self.query_one(Markdown).update(article.body)",
        "def f():\n    parts: list[Content | str] = [content(x)]\n    parts.append(row.subject)\n    join(*parts)",
        "area.load_text(draft.text)",
        "Input(placeholder=row.subject)",
    ],
)
def test_unchecked_text_is_found(code: str) -> None:
    ast.parse(code)
    assert leaks_in(code)


@pytest.mark.parametrize(
    "code",
    [
        "Static('Nothing here yet', markup=False)",
        "Static('-' * width)",
        "Static(content(row.subject))",
        "Static(content(f'{row.number}: {row.subject}'))",
        "Static(EMPTY)",
        "box.border_title = content(title)",
        "def f(title: Content) -> None:\n    Static(title)",
        "def f():\n    shown = [content(line) for line in lines]\n    Static(Content('\\n').join(shown))",
        "def title() -> Content: ...\nLabel(title())",
        "class A:\n    headline: Content\nStatic(a.headline)",
        "class A:\n def o(self) -> str: ...\nclass B:\n def o(self) -> Content: ...\n def f(self): Static(self.o())",
        "def f():\n    line = content(x) if x else 'none'\n    Static(line.truncate(5))",
        "def f():\n    for line in [content(x) for x in y]:\n        Static(line)",
        "Input('')",
        "def f():\n    parts: list[Content | str] = [content(x)]\n    parts += [' ', content(y)]\n    join(*parts)",
        "self.query_one(Markdown).update(safe(article.body, multiline=True))",
        "TextArea(safe(draft.text, multiline=True))",
    ],
)
def test_text_behind_the_gate_and_own_words_are_left_alone(code: str) -> None:
    assert leaks_in(code) == []
