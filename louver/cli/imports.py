"""`louver import`: records out of CSV files, by a mapping."""

import asyncio
import json
from pathlib import Path

import click

from louver.cli.import_records import recording_import
from louver.cli.import_summary import show_summary
from louver.cli.progress import showing_progress
from louver.db.engine import create_engine
from louver.db.importing import (
    AgencyChoice,
    ImportMapping,
    ImportOptions,
    ImportReport,
    Outcome,
    Source,
    as_csv,
    choose_sources,
    find_mapping,
    list_shipped,
    run_import,
)
from louver.errors import InvalidInputError
from louver.settings import Settings
from louver.stores import upgrade_stores


@click.command("import", epilog=f"Mappings that come with Louver: {', '.join(list_shipped())}.")
@click.argument("mapping")
@click.argument("files", nargs=-1)
@click.option("--folder", type=click.Path(path_type=Path), help="Take the mapping's files from here.")
@click.option("--agency", help="The rows' agency, where the mapping does not say: its name, ORI or id.")
@click.option("--ori", help="Its ORI; with --agency, an agency that is not there yet is made.")
@click.option("--keep-good", "is_keeping_good", is_flag=True, help="Put in what has no fault, though some rows have.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the rejected rows to this CSV.")
@click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
def import_(
    *,
    mapping: str,
    files: tuple[str, ...],
    folder: Path | None,
    agency: str | None,
    ori: str | None,
    is_keeping_good: bool,
    report: Path | None,
    is_json: bool,
) -> None:
    """Put records from CSV FILES into the database, as MAPPING says.

    MAPPING is the name of one that comes with Louver, or a .toml file. A file of a name that the mapping does not know
    is given as KIND=PATH. One rejected row refuses the whole run; a second run changes nothing.
    """
    rules = find_mapping(mapping)
    sources = choose_sources(rules, files, folder)
    choice = AgencyChoice(agency, ori)
    outcome = asyncio.run(_import(rules, sources, choice, is_keeping_good=is_keeping_good))
    if report is not None:
        _write_report(report, as_csv(outcome.rejections))
    if is_json:
        click.echo(json.dumps(outcome.as_dict()))
    else:
        show_summary(outcome)
    if outcome.outcome is Outcome.REFUSED:
        raise InvalidInputError(
            f"{len(outcome.rejections)} faults, so nothing was put in",
            hint="correct the rows, or put in the others with --keep-good",
        )


async def _import(
    mapping: ImportMapping, sources: tuple[Source, ...], choice: AgencyChoice, *, is_keeping_good: bool
) -> ImportReport:
    settings = Settings.from_environment()
    await upgrade_stores(settings)
    engine = create_engine(settings.database_url)
    try:
        async with recording_import(settings, mapping.name) as log:
            with showing_progress() as progress:
                options = ImportOptions(choice, is_keeping_good, progress=progress, confirm=log.confirm)
                return await run_import(engine, mapping, sources, options)
    finally:
        await engine.dispose()


def _write_report(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be written: {error.strerror}", hint="check --report") from error
