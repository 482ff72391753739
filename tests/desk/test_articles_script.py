"""The script of docs/administrators.md that brings articles in."""

import re
import subprocess
import sys
from pathlib import Path

from tests.support.desks import opened

PAGE = Path(__file__).parents[2] / "docs" / "administrators.md"


def test_the_documented_script_brings_articles_into_a_desk_on_either_database(desk_url: str, tmp_path: Path) -> None:
    found = re.search(r"```python\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    script = found[1].replace("/srv/itdesk/desk.sqlite3", desk_url).replace('"anna"', '"tom"')
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "vpn.md").write_text("# VPN drops\nSet the MTU to 1380.\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    with opened(desk_url) as desk:
        assert desk.database.row("SELECT title FROM article")[0] == "VPN drops"
