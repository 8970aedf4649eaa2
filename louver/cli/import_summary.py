"""What `louver import` tells a person."""

from collections import Counter
from itertools import chain, repeat

from rich import box
from rich.console import Console
from rich.table import Table

from louver.db.importing import ImportReport

_SHOWN = 10
_WIDTH = 100


def show_summary(report: ImportReport) -> None:
    """Print what was read, what was put in, which texts were kept, and the first faults."""
    console = Console(width=max(Console().width, _WIDTH), highlight=False, markup=False)
    rows = sum(file.rows for file in report.files)
    console.print(f"{report.mapping}: {rows:,} rows of {len(report.files)} files, {report.outcome}.")
    if report.agencies:
        console.print(_build_table(report))
    _show_texts(console, report)
    if report.rejections:
        _show_rejections(console, report)


def _build_table(report: ImportReport) -> Table:
    table = Table("Agency", "Table", box=box.SIMPLE_HEAD)
    for heading in ("Created", "Updated", "Unchanged"):
        table.add_column(heading, justify="right")
    for agency in report.agencies:
        headings = chain([agency.name, f"agency_{agency.id.hex}"], repeat(""))
        for heading, (label, counts) in zip(headings, agency.tables.items(), strict=False):
            numbers = (counts.created, counts.updated, counts.unchanged)
            table.add_row(heading, label, *(f"{number:,}" for number in numbers))
    return table


def _show_texts(console: Console, report: ImportReport) -> None:
    """Say where a mapping leaves texts without a code, so that it can be completed."""
    counts: Counter[str] = Counter()
    for agency in report.agencies:
        counts.update(agency.texts_kept)
    if counts:
        console.print("Texts without a code or a column of ours, kept as the source has them:")
    for place, count in sorted(counts.items()):
        console.print(f"  {count:>7,}  {place}")


def _show_rejections(console: Console, report: ImportReport) -> None:
    console.print(f"{report.rows_rejected:,} rows rejected, for {len(report.rejections):,} faults:")
    for rejection in report.rejections[:_SHOWN]:
        console.print(f"  {rejection}")
    rest = Counter((each.column, each.reason) for each in report.rejections[_SHOWN:])
    for (column, reason), count in rest.most_common(_SHOWN):
        console.print(f"  … {count:,} × {column}: {reason}")
