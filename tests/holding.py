"""One case that holds a law over many cells: it looks at all of them, and names each that fails."""

from collections.abc import Iterator
from contextlib import contextmanager


class Cells:
    """The cells looked at, and what is wrong with some."""

    def __init__(self) -> None:
        self.count = 0
        self.faults: dict[str, str] = {}

    @contextmanager
    def of(self, *names: object) -> Iterator[None]:
        """Look at one cell; what it does not hold is told with its names when all were looked at."""
        self.count += 1
        try:
            yield
        except Exception as error:  # noqa: BLE001 - an answer of another shape is a fault of this cell too
            self.faults[" ".join(map(str, names))] = f"{type(error).__name__}: {error}"


@contextmanager
def every_cell() -> Iterator[Cells]:
    """Look at cells for the length of a `with`, of which there has to be one at least, and fail for all at its end."""
    cells = Cells()
    yield cells
    faults = "\n".join(f"{name}: {fault}" for name, fault in cells.faults.items())
    assert not faults, f"{len(cells.faults)} of {cells.count} cells:\n{faults}"
    assert cells.count, "no cell was looked at"
