"""Markdown files with settings at their top say where a fault is, by the file's own lines."""

from itdesk.settings.markdown_text import split


def test_settings_and_text_are_told_apart() -> None:
    document, text, line, faults = split(b"---\ntitle: VPN\n---\n\n- [ ] Ask\n", "vpn.md")
    assert document is not None
    assert document.data == {"title": "VPN"}
    assert (text, line, faults) == ("\n- [ ] Ask\n", 4, [])


def test_a_fault_of_the_settings_is_told_with_the_line_of_the_file() -> None:
    _, _, _, faults = split(b"---\ntitle: VPN\ntitle: twice\n---\n", "vpn.md")
    assert [(fault.line, fault.column) for fault in faults] == [(3, 1)]


def test_a_file_without_settings_or_without_their_end_is_refused() -> None:
    for content in (b"", b"# VPN\n", b"---\ntitle: VPN\n"):
        document, _, _, faults = split(content, "vpn.md")
        assert document is None
        assert "'---'" in faults[0].message


def test_a_text_that_is_not_utf_8_is_refused_at_its_first_line() -> None:
    _, text, _, faults = split(b"---\ntitle: VPN\n---\n\xff\n", "vpn.md")
    assert text == ""
    assert (faults[0].line, faults[0].message) == (4, "is not UTF-8; save it as UTF-8")
