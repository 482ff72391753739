"""The import of the real incident log, as a person starts it; left out where ITDESK_REAL_DATA does not name it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.screens import environment
from tests.support.desks import furnish

LOG = "incident_event_log.csv.gz"

_MEASURED = """
import json, re, runpy, sys, time
begun = time.perf_counter()
try:
    runpy.run_module("itdesk", run_name="__main__", alter_sys=True)
finally:
    # Not getrusage: its maximum is that of the process that started this one, if that was larger.
    most = int(re.search("VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
    print(json.dumps([time.perf_counter() - begun, most / 1024]), file=sys.stderr)
"""


def import_figures(folder: Path) -> list[Figure]:
    """Seconds and megabytes of the whole log's import into an empty desk in `folder`."""
    named = os.environ.get("ITDESK_REAL_DATA")
    if not named or not (Path(named) / LOG).exists():
        return []
    database = folder / "imported.sqlite3"
    database.unlink(missing_ok=True)
    furnish(str(database))
    words = [
        "--database",
        str(database),
        "--as",
        "sam",
        "import",
        str(Path(named) / LOG),
        "--mapping",
        "servicenow-log",
    ]
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *words, "--json"],
        capture_output=True, text=True, check=False, env=environment(folder),
    )  # fmt: skip
    taken = time.perf_counter() - begun
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    _, megabytes = json.loads(done.stderr.strip().splitlines()[-1])
    remark = f"{told['read']:,} rows, {told['imported']:,} tickets"
    return [
        Figure("import of the incident log", taken, "s", 60, 20, remark=remark),
        Figure("its memory", megabytes, "MB", 250),
    ]
