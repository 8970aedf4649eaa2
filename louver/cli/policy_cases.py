"""`louver policy test`: an agency's cases against its policy, for its own CI."""

import asyncio
import json
from pathlib import Path

import click

from louver.authz.cases import CaseFile, read_cases
from louver.authz.facts import AgencyFacts
from louver.cli.agency_policy import DEFAULTS, read_agency
from louver.cli.case_results import CaseResult, run_case
from louver.cli.policy_text import read_policy_file, read_text
from louver.cli.rehearsing import open_rehearsal
from louver.errors import InvalidInputError
from louver.logging import configure_logging
from louver.resolvers.needs import list_needs
from louver.schema.catalogue import build_catalogue


@click.command("test")
@click.argument("cases", type=click.Path(path_type=Path))
@click.option("--policy", "policy_path", type=click.Path(path_type=Path), help="Test this policy file.")
@click.option("--agency", help="Test the policy of this agency in the store: its name, ORI or id.")
@click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
def test_policy(*, cases: Path, policy_path: Path | None, agency: str | None, is_json: bool) -> None:
    """Run the YAML file CASES. Exits with 1 if one fails, and says what was wanted and what was found.

    What is tested is --policy, --agency, the policy file that CASES names, or the defaults.
    """
    configure_logging("CRITICAL")
    case_file = read_cases(read_text(cases))
    facts = _choose_facts(case_file, cases.parent, policy_path, agency)
    results = asyncio.run(_run(case_file, facts))
    failed = [each for each in results if not each.is_passed]
    if is_json:
        click.echo(json.dumps([each.as_dict() for each in results], indent=2))
    else:
        for each in results:
            click.echo(str(each))
        click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    if failed:
        raise SystemExit(1)


def _choose_facts(case_file: CaseFile, folder: Path, policy_path: Path | None, agency: str | None) -> AgencyFacts:
    if policy_path is not None and agency is not None:
        raise InvalidInputError("A policy file and an agency were named.", hint="give --policy or --agency")
    if agency is not None:
        return asyncio.run(read_agency(agency))
    if policy_path is None and case_file.policy is not None:
        policy_path = folder / case_file.policy
    return DEFAULTS if policy_path is None else read_policy_file(policy_path).as_facts()


async def _run(case_file: CaseFile, facts: AgencyFacts) -> list[CaseResult]:
    needs = list_needs(build_catalogue())
    async with open_rehearsal() as rehearsal:
        return [await run_case(case, facts, needs, rehearsal) for case in case_file.cases]
