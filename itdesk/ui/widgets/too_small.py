"""What a terminal that is too small shows."""

from textual.widgets import Static


class TooSmall(Static):
    """Shown below 60x15, in place of everything else."""

    def __init__(self) -> None:
        super().__init__("itdesk needs 60x15. Make the window larger.", markup=False)
