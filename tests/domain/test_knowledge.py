"""Which articles a text names."""

import pytest

from itdesk.domain.knowledge import named

TITLES = {
    1: "VPN drops: lower the MTU",
    2: "VPN client: first steps",
    12: "Printer",
    3: "Äußere Türen öffnen",
    4: "VPN drops: lower the MTU on a router",
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see *VPN drops: lower the MTU*, or kb-2", (1, 2)),
        ("KB-2, then [the MTU](KB-1)", (2, 1)),
        ("KB-12 but not KB-123", (12,)),
        ("the printer drops the VPN", ()),
        ("aussere turen offnen", (3,)),
        ("kb12, KB-0002", (12, 2)),
        ("see VPN drops: lower the MTU on a router", (4,)),
        ("", ()),
    ],
)
def test_articles_are_named_by_number_and_by_title(text: str, found: tuple[int, ...]) -> None:
    assert named(text, TITLES) == found
