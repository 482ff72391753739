import time
from pathlib import Path
from itdesk.gateways.importing import import_file
from itdesk.settings.locations import shipped_config
from itdesk.settings.mappings import load_mapping
from tests.gateways.logs import END_OF_MARCH, REAL
from tests.support.desks import opened, shipped_rulebook, sign_in_at
from datetime import datetime, UTC
def test_pg(postgres_desk_url, real_data):
    m = load_mapping("servicenow-log", [shipped_config()], shipped_rulebook())
    with opened(postgres_desk_url) as desk:
        s = sign_in_at(desk, lambda: datetime.now(UTC))("sam")
        for u in (END_OF_MARCH, None):
            t=time.time(); c=time.process_time()
            r = import_file(s, real_data / REAL, m, until=u)
            print(r.imported, r.continued, r.unchanged, time.time()-t, time.process_time()-c)
