"""A person's own views of the queue: saved, renamed, removed; on both databases."""

import pytest

from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.session import Desk
from itdesk.desk.views import own_views, remove_view, rename_view, save_view, views
from itdesk.domain.queue_order import Order
from tests.support.desks import SignIn


def test_a_saved_view_stands_behind_the_desks_own_and_is_its_makers_alone(desk: Desk, sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    save_view(tom, "  VPN   people ", "vpn #vip", Order.NEWEST)
    (own,) = own_views(tom)
    assert (own.title, own.query, own.order) == ("VPN people", "vpn #vip", Order.NEWEST)
    assert views(tom) == (*tom.rulebook.views, own)
    assert own_views(sign_in_as("tina")) == ()


def test_saving_under_the_same_name_replaces(desk: Desk, sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    save_view(tom, "VPN", "vpn", Order.FAIR)
    save_view(tom, "VPN", "vpn p:1", Order.OLDEST)
    assert [(view.query, view.order) for view in own_views(tom)] == [("vpn p:1", Order.OLDEST)]


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "Active", "áctive"])
def test_a_name_that_is_taken_or_does_not_fit_is_refused(desk: Desk, sign_in_as: SignIn, name: str) -> None:
    tom = sign_in_as("tom")
    save_view(tom, "VPN", "vpn", Order.FAIR)
    with pytest.raises(Refused):
        save_view(tom, name, "vpn", Order.FAIR)
    with pytest.raises(Refused):
        rename_view(tom, "VPN", name)
    assert [view.title for view in own_views(tom)] == ["VPN"]


def test_a_search_with_errors_is_not_saved(desk: Desk, sign_in_as: SignIn) -> None:
    with pytest.raises(Refused, match="did you mean"):
        save_view(sign_in_as("tom"), "New ones", "statsu:new", Order.FAIR)


def test_a_view_is_renamed_and_removed(desk: Desk, sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    save_view(tom, "VPN", "vpn", Order.FAIR)
    save_view(tom, "Wi-Fi", "wifi", Order.FAIR)
    with pytest.raises(Refused, match="already"):
        rename_view(tom, "VPN", "wi-fi")
    rename_view(tom, "VPN", "Tunnels")
    assert [view.title for view in own_views(tom)] == ["Tunnels", "Wi-Fi"]
    remove_view(tom, "Tunnels")
    assert [view.title for view in own_views(tom)] == ["Wi-Fi"]
    with pytest.raises(NotFound):
        remove_view(tom, "Tunnels")
    with pytest.raises(NotFound):
        rename_view(tom, "Tunnels", "Other")
