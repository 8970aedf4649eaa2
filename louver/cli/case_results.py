"""What policy cases come to: each difference between what is wanted and what is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from louver.authz.cases import Case, Wanted
from louver.authz.explaining import Explainer, Explanation
from louver.authz.facts import AgencyFacts, AgencyRights
from louver.authz.sights import Needs
from louver.authz.vocabulary import Act
from louver.cli.rehearsing import Rehearsal, Rehearsed

_ASKED = ("returned", "denied", "masked", "suppressed")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as wanted."""

    subject: str
    wanted: str
    found: str
    lines: tuple[str, ...] = ()
    """The policy lines that it comes from."""

    def as_dict(self) -> dict[str, Any]:
        """Render for JSON."""
        return {"subject": self.subject, "wanted": self.wanted, "found": self.found, "lines": list(self.lines)}


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case; without differences it has passed."""

    title: str
    differences: tuple[Difference, ...]

    @property
    def is_passed(self) -> bool:
        """Whether all is as wanted."""
        return not self.differences

    def as_dict(self) -> dict[str, Any]:
        """Render for JSON."""
        return {
            "title": self.title,
            "passed": self.is_passed,
            "differences": [each.as_dict() for each in self.differences],
        }

    def __str__(self) -> str:
        """Render for people, as a diff."""
        lines = [f"{'ok  ' if self.is_passed else 'FAIL'}  {self.title}"]
        for each in self.differences:
            lines += [f"      {each.subject}", f"        - {each.wanted}", f"        + {each.found}"]
            lines += [f"          by {line}" for line in each.lines]
        return "\n".join(lines)


async def run_case(case: Case, facts: AgencyFacts, needs: Mapping[str, Needs], rehearsal: Rehearsal) -> CaseResult:
    """Run one case under an agency's policy.

    Raises:
        MisconfiguredError: the policy cannot be loaded.
    """
    agency = _as_seen(case, facts)
    differences = list(_compare_decisions(case, Explainer(agency, needs)))
    if case.operation is not None:
        rights = AgencyRights(agency).find(case.who.roles, case.who.scopes)
        rehearsed = await rehearsal.run(rights, agency.agency_id, case.who.denied_mode, case.operation, case.variables)
        differences += _compare_operation(case, rehearsed)
    return CaseResult(case.title, tuple(differences))


def _as_seen(case: Case, facts: AgencyFacts) -> AgencyFacts:
    """Answer the agency with what the case says of it."""
    who = case.who
    return AgencyFacts(
        facts.agency_id,
        facts.lines,
        facts.modules if who.modules is None else who.modules,
        facts.subscription if who.subscription is None else who.subscription,
        facts.made_roles,
        facts.version,
    )


def _compare_decisions(case: Case, explainer: Explainer) -> Iterator[Difference]:
    strangers = [role for role in case.who.roles if role not in (*explainer.roles, "partner")]
    if strangers:
        yield Difference("who", ", ".join(case.who.roles), f"the agency has no role {strangers[0]!r}")
    for coordinate, wanted in case.wanted.items():
        if not explainer.knows(coordinate):
            yield Difference(coordinate, str(wanted.effect), "there is no such coordinate")
            continue
        found = explainer.explain(case.who.roles, coordinate, Act.VIEW, scopes=case.who.scopes)
        if not _is_met(wanted, found):
            lines = tuple(line.text for line in found.lines)
            yield Difference(coordinate, _describe(wanted), _describe_found(wanted, found), lines)


def _is_met(wanted: Wanted, found: Explanation) -> bool:
    pairs = (
        (wanted.rows, found.rows),
        (wanted.masked_rows, found.masked_rows),
        (wanted.mask, found.mask),
        (wanted.reason, found.reason),
    )
    return wanted.effect is found.effect and all(want in (None, have) for want, have in pairs)


def _describe(wanted: Wanted) -> str:
    parts = (
        str(wanted.effect),
        None if wanted.rows is None else f"rows {_spell(wanted.rows)}",
        None if wanted.masked_rows is None else f"masked rows {_spell(wanted.masked_rows)}",
        wanted.mask and f"mask {wanted.mask}",
        wanted.reason and f"reason {wanted.reason}",
    )
    return ", ".join(part for part in parts if part)


def _describe_found(wanted: Wanted, found: Explanation) -> str:
    """Spell what was found in the words of what is wanted, with its reason."""
    parts = (
        str(found.effect),
        f"rows {_spell(found.rows)}" if found.rows else None,
        None if wanted.masked_rows is None else f"masked rows {_spell(found.masked_rows)}",
        f"mask {found.mask}" if wanted.mask else None,
        found.reason and f"reason {found.reason}",
    )
    return ", ".join(part for part in parts if part)


def _compare_operation(case: Case, rehearsed: Rehearsed) -> Iterator[Difference]:
    if rehearsed.problems:
        yield Difference("operation", "an operation of the schema", "; ".join(rehearsed.problems))
        return
    recorded = {name: frozenset((rehearsed.record["coordinates"] or {}).get(name, ())) for name in _ASKED}
    asked = frozenset[str]().union(*recorded.values())
    for coordinate in case.wanted:
        if coordinate not in asked:
            yield Difference(coordinate, "asked for by the operation", "not asked for")
    for name, wanted in case.log.facts.items():
        if wanted != str(rehearsed.record[name]):
            yield Difference(f"log {name}", wanted, str(rehearsed.record[name]))
    for name, coordinates in case.log.coordinates.items():
        if coordinates != recorded[name]:
            yield Difference(f"log {name}", _spell(coordinates), _spell(recorded[name]))


def _spell(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
