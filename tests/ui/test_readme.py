"""The README's table of keys is the action table's."""

from pathlib import Path

from itdesk.ui.actions import markdown_table

README = Path(__file__).parent.parent.parent / "README.md"


def test_the_readme_shows_the_keys_that_work() -> None:
    _, _, rest = README.read_text(encoding="utf-8").partition("<!-- keys -->\n")
    table, _, _ = rest.partition("<!-- /keys -->")
    assert table == markdown_table(), "put the output of itdesk.ui.actions.markdown_table() between the README's marks"
