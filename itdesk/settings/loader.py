"""Placeholder signatures, being filled."""

from pathlib import Path

from itdesk.domain.rulebook import Rulebook


def load_rulebook(folder: Path) -> Rulebook:
    """The checked rulebook of a config folder; raises ConfigErrors with every fault at once."""
    raise NotImplementedError


def content_hash(folder: Path) -> str:
    """SHA-256 over the names and bytes of the folder's settings, as hexadecimal text."""
    raise NotImplementedError
