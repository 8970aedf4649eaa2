"""What is left of a principal's budgets. How much it has of its own is in `principals`."""

from typing import NamedTuple


class Quota(NamedTuple):
    """One budget as it stands: what there is of it within a window, what is left, and when the window ends."""

    name: str
    amount: int
    window_seconds: int
    remaining: int
    resets_in_seconds: int

    @property
    def restored_per_second(self) -> float:
        """How fast what was spent comes back, on average."""
        return round(self.amount / self.window_seconds, 3)
