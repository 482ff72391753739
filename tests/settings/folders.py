"""Config folders to break, for tests."""

import shutil
from pathlib import Path

from itdesk.settings.errors import ConfigErrors
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config

SMALL = {
    "desk.yaml": """\
name: Small desk
time_zone: Europe/Berlin
teams:
  - name: first
    title: First line
    level: 1
  - name: network
    title: Network
    level: 2
    lead: jonas
defaults:
  team: first
  kind: incident
  category: general
  impact: person
  urgency: low
""",
    "categories.yaml": """\
categories:
  network:
    title: Network
    kind: incident
    categories:
      vpn: { title: VPN }
      order: { title: New lines, kind: request }
  general: { title: General }
rules:
  - id: vpn
    category: network.vpn
    keywords: [vpn, "vpn client"]
  - id: line
    category: network.order
    kind: request
    when:
      all:
        - subject: { contains: line }
        - not: { channel: { is: monitoring } }
""",
    "priorities.yaml": """\
impacts:
  - { name: team, title: one team }
  - { name: person, title: one person }
urgencies:
  - { name: high, title: high }
  - { name: low, title: low }
matrix:
  team: { high: P1, low: P3 }
  person: { high: P2, low: P5 }
head_starts: { P1: 90 d, P2: 60d, P3: 36 h, P4: 30 min, P5: 0 s }
rules:
  - id: whole-team
    impact: team
    keywords: whole team
adjustments:
  - id: vip
    raise: 1
    when: { tags: { is: vip } }
""",
    "routing.yaml": """\
routes:
  - category: network
    kind: incident
    team: network
    level: 3
  - team: first
""",
    "views.yaml": """\
views:
  - name: all
    title: All
    query: status:open team:network category:network.vpn
  - name: mine
    title: Mine
    query: "@me"
    order: newest
""",
    "keymap.yaml": """\
keys:
  reply: R
  refresh: [ctrl+r, f5]
""",
    "policies.yaml": """\
approvals:
  - id: lines
    when: { category: { is: network.order } }
    approvers: [team_lead, anna]
    substitutes: supervisor
    deadline: 2 d
resolve:
  - category: network
    needs_test: true
""",
}
"""A whole config folder, small enough to read: every YAML file that there may be."""

OPTIONAL = {
    "calendars.yaml": """\
calendars:
  office:
    time_zone: Europe/Berlin
    frames:
      mon-thu: ["08:00-12:00", "13:00-17:00"]
      fri: "08:00-14:00"
    holidays:
      country: DE
      subdivision: BY
      add: ["2026-12-24", "12-31"]
      remove: ["2026-06-04", "2026-05-01"]
  always: { always: true }
""",
    "sla.yaml": """\
defaults:
  calendar: office
  pause: { reasons: [requester, appointment] }
agreements:
  - name: board
    when:
      all:
        - tags: { is: board }
        - any:
            - priority: { in: [P1, P2] }
            - not: { team: { is: first } }
    calendar: always
    first_response: 15 min
    update: 1 h
    resolution: 4 h
    ola: { l1: 30 min, l3: 2 h }
    pause: { reasons: [vendor], clocks: [resolution, ola] }
    on_reopen: new_cycle
    on_priority_change: restart
    on_calendar_change: new_only
  - name: vpn
    when: { category: { starts_with: network } }
    resolution: 8 h
  - name: rest
    first_response: 4 h
""",
    "escalation.yaml": """\
steps:
  - name: soon
    clock: resolution
    at: 75 %
    notify: assignee
  - name: early
    clock: first_response
    before: 30 min
    notify: [team, anna]
  - name: late
    when: { team: { is: first } }
    clock: ola_l1
    after: 1 h
    move: { team: network, level: 2 }
    raise_priority: 1
  - name: vendor
    condition: { waiting_longer_than: 3 d, reasons: [vendor], calendar: office }
    notify: [management]
  - name: again
    condition: { reopened: 2 }
    tell_management: true
    declare_for_review: true
""",
}
"""Files that a folder may have beside these."""


def small_folder(folder: Path, **changes: str | bytes | None) -> Path:
    """SMALL written into a folder, some files (named without .yaml) with other content; None leaves a file out."""
    folder.mkdir(exist_ok=True)
    for name, content in {**SMALL, **dict.fromkeys(OPTIONAL)}.items():
        written = changes.get(name.removesuffix(".yaml"), content)
        if isinstance(written, str):
            (folder / name).write_text(written, encoding="utf-8")
        elif written is not None:
            (folder / name).write_bytes(written)
    return folder


def shipped_copy(folder: Path) -> Path:
    """A copy of the shipped config folder."""
    return Path(shutil.copytree(shipped_config(), folder))


def faults(folder: Path) -> list[str]:
    """The faults of a config folder, each as people see it, without the folder's path."""
    try:
        load_rulebook(folder)
    except ConfigErrors as failure:
        return [str(error).replace(f"{folder}/", "") for error in failure.errors]
    return []
