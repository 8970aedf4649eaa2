"""`louver audit evidence`: one document on how the log is kept, control by control, with what holds right now."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click
import orjson

from louver import __version__
from louver.authz.duties import Administered
from louver.cli.administering import Acting, ask
from louver.cli.audit_options import JSON, reaching
from louver.logging import Event
from louver.resolvers.asking.evidence import LogFacts, find_facts
from louver.resolvers.asking.exports import make_keeper
from louver.settings import Settings
from louver.verification import Verdict, verify_store

_BREAKS_SHOWN = 20
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_WEEKS_MAX = 2
"""Weeks that may wait for a signature before it is an alarm: AU-6 asks for a review every week."""


@dataclass(frozen=True, slots=True)
class Control:
    """One control of the CJIS Security Policy, what satisfies it, and the facts that show that it does now."""

    number: str
    title: str
    satisfied_by: str
    facts: tuple[str, ...]


CONTROLS = (
    Control("AU-2", "Event logging", "A closed vocabulary of events; every request is one record, whether it was "
            "answered, denied or refused before anything was read.", ("events",)),
    Control("AU-3", "Content of records", "Who, under which roles, for whom, why, from where, what was asked, which "
            "fields and whose data came back, how much, how long; never a value.", ("samples",)),
    Control("AU-4", "Storage capacity", "A page of a thousand is one record; what is twelve months old goes by itself. "
            "The store's size is the operator's to watch.", ("newestAt", "oldestAt")),
    Control("AU-5", "Failure of logging", "An answer leaves only when its record is durable; otherwise 503 "
            "AUDIT_UNAVAILABLE within two seconds, a line on the log stream, a metric and /readyz.", ("alarms",)),
    Control("AU-6", "Review and reporting", "A weekly queue with signatures; unusual access and denials by name.",
            ("weekSigned", "weeksOpen")),
    Control("AU-7", "Reduction and reports", "Search and sort by every field, over GraphQL and at the command line; "
            "exports with a manifest.", ("events",)),
    Control("AU-8", "Time stamps", "UTC to the microsecond, from the clock of the machine.", ("newestAt",)),
    Control("AU-9", "Protection", "A hash chain per process, signed statements of where the chains end, verification "
            "offline; the log is read by duty alone, and vendor support never reads it.",
            ("verification", "lastVerification", "checkpointAt", "statements")),
    Control("AU-11", "Retention", "Twelve calendar months to the instant, longer under a legal hold; every removal is "
            "signed.", ("cutoff", "retainedAt", "removalAt", "over", "liveHolds")),
    Control("AU-12", "Generation", "Every process of the service writes its own chain from its start to its stop.",
            ("verification", "events")),
)  # fmt: skip


@click.command()
@click.option("--verify/--no-verify", "is_verifying", default=True, help="Walk all chains now. [default: verify]")
@JSON
def evidence(*, is_verifying: bool, is_json: bool) -> None:
    """Write one document on how the log is kept: each AU control, what satisfies it, and what holds now."""
    settings = Settings.from_environment()
    verdict = asyncio.run(verify_store(settings, [], [])) if is_verifying else None

    async def work(acting: Acting) -> dict[str, Any]:
        async with reaching(acting) as (log, reach):
            facts = await find_facts(log, reach, make_keeper(reach))
        return _gather(facts, verdict, acting, settings)

    found = ask(Event.AUDIT_SEARCHED, "louver audit evidence", work, Administered.AUDIT_EVENT)
    click.echo(orjson.dumps(found, option=_PRETTY).decode() if is_json else "\n".join(_render(found)))


_PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z


def _gather(facts: LogFacts, verdict: Verdict | None, acting: Acting, settings: Settings) -> dict[str, Any]:
    state: dict[str, Any] = {
        "events": facts.events,
        "samples": facts.samples,
        "newestAt": facts.newest_at,
        "oldestAt": facts.oldest_at,
        "cutoff": facts.cutoff,
        "retainedAt": facts.retained_at,
        "removalAt": facts.removal_at,
        "over": facts.over,
        "liveHolds": facts.live_holds,
        "checkpointAt": facts.checkpoint_at,
        "statements": facts.statements,
        "weekSigned": facts.week_signed,
        "weeksOpen": facts.weeks_open,
        "verification": None if verdict is None else _describe(verdict, acting.now),
        "lastVerification": facts.verified,
        "alarms": list(_list_alarms(facts, verdict, acting.now, settings)),
    }
    return {
        "madeAt": acting.now,
        "madeBy": acting.author.label,
        "version": __version__,
        "agency": f"agency_{acting.agency_id.hex}",
        "policyVersion": acting.membership.rights.policy_version,
        "controls": [
            {
                "control": control.number,
                "title": control.title,
                "satisfiedBy": control.satisfied_by,
                "facts": {name: state[name] for name in control.facts},
            }
            for control in CONTROLS
        ],
        "alarms": state["alarms"],
    }


def _describe(verdict: Verdict, now: datetime) -> dict[str, Any]:
    told = verdict.as_dict()
    return {"at": now, **told, "breaks": told["breaks"][:_BREAKS_SHOWN]}


def _list_alarms(facts: LogFacts, verdict: Verdict | None, now: datetime, settings: Settings) -> Iterator[str]:
    if verdict is not None and verdict.breaks:
        yield f"the log does not hold: {len(verdict.breaks)} breaks; `louver audit verify` names them"
    if verdict is None and facts.verified is not None and not facts.verified["isWhole"]:
        yield "the log did not hold when it was last verified; `louver audit verify` says where"
    if facts.retained_at is None or now - facts.retained_at > _HOUR:
        yield "removal has not run for an hour: no server runs, or it fails"
    if facts.checkpoint_at is None or now - facts.checkpoint_at > max(
        _DAY, timedelta(seconds=2 * settings.audit_checkpoint_seconds)
    ):
        yield "nothing was signed for a day: no server runs, or it fails"
    if len(facts.weeks_open) > _WEEKS_MAX:
        yield f"{len(facts.weeks_open)} weeks wait for a review"


def _render(found: Mapping[str, Any]) -> Iterator[str]:
    yield "# How the log of accesses is kept"
    yield ""
    yield f"Louver {found['version']}, policy {found['policyVersion']}, {found['agency']}."
    yield f"Made {_as_text(found['madeAt'])} by {found['madeBy']}."
    yield ""
    yield "## Alarms"
    yield ""
    yield from [f"- {alarm}" for alarm in found["alarms"]] or ["None."]
    for control in found["controls"]:
        yield ""
        yield f"## {control['control']} {control['title']}"
        yield ""
        yield control["satisfiedBy"]
        yield ""
        for name, fact in control["facts"].items():
            yield from _render_fact(name, fact)


def _render_fact(name: str, fact: Any) -> Iterator[str]:
    if isinstance(fact, Mapping):
        yield f"- {name}: " + (", ".join(f"{key} {_as_text(value)}" for key, value in fact.items()) or "none")
    elif isinstance(fact, Sequence) and not isinstance(fact, str):
        yield f"- {name}: {'none' if not fact else ''}".rstrip()
        yield from (f"  - {_as_text(each)}" for each in fact)
    else:
        yield f"- {name}: {_as_text(fact)}"


def _as_text(value: Any) -> str:
    match value:
        case None:
            return "none"
        case datetime():
            return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
        case list() | tuple():
            return " ".join(map(_as_text, value)) or "none"
        case Mapping():
            return ", ".join(f"{name} {_as_text(each)}" for name, each in value.items())
        case _:
            return str(value)
