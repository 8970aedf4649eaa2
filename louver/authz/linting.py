"""Linting: lines of an agency's policy that cannot be, that never have an effect, or that hide another's."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

from louver.authz import shipped
from louver.authz.combining import covers
from louver.authz.decisions import Decision
from louver.authz.facts import AgencyFacts, AgencyRights
from louver.authz.findings import Fault, Finding, SchemaFacts
from louver.authz.lines import PolicyLine, list_faults
from louver.authz.overlays import list_ceiling_hits
from louver.authz.vocabulary import Act, Role, Rows


def lint(facts: AgencyFacts, schema: SchemaFacts | None = None) -> list[Finding]:
    """List what is wrong with an agency's own lines, in their order; then the fields that no line can be about."""
    schema = schema or SchemaFacts()
    unclassified = sorted(schema.fields - shipped.read_coordinates().fields)
    broken = list(_list_broken(facts))
    told = {finding.subject for finding in broken}  # of a line that cannot be, it does not matter what it would do
    return [
        *broken,
        *(finding for finding in _Linter(facts, schema).run() if finding.subject not in told),
        *(
            Finding(Fault.UNCLASSIFIED, name, "no field group has it, so it is denied to everybody")
            for name in unclassified
        ),
    ]


def _list_broken(facts: AgencyFacts) -> Iterator[Finding]:
    names, roles = shipped.read_coordinates().names, {*map(str, Role), *facts.made_roles}
    for line in facts.lines:
        faults = (fault.removeprefix(f"{line}: ") for fault in list_faults([line], names))
        yield from (Finding(Fault.MALFORMED, str(line), fault) for fault in faults)
        if line.sub not in roles:
            yield Finding(Fault.UNKNOWN_ROLE, str(line), f"the agency has no role {line.sub!r}")
    sound = [line for line in facts.lines if _is_sound(line)]
    for hit in list_ceiling_hits(sound, facts.made_roles):
        yield Finding(Fault.UNDER_CEILING, str(hit.line), f"no agency can lift the ceiling {hit.ceiling}")


def _is_sound(line: PolicyLine) -> bool:
    return not list_faults([line], shipped.read_coordinates().names)


class _Linter:
    """Holds each sound line against the defaults and against the other lines."""

    def __init__(self, facts: AgencyFacts, schema: SchemaFacts) -> None:
        self._coordinates = shipped.read_coordinates()
        self._lines = tuple(line for line in facts.lines if _is_sound(line))
        self._scopes = schema.scopes
        self._rights = AgencyRights(facts.under(self._lines))
        self._defaults = self._index(shipped.read_policy())
        self._own = self._index(self._lines)

    def run(self) -> Iterator[Finding]:
        for position, line in enumerate(self._lines):
            yield from self._check(line, self._lines[:position], self._lines[position + 1 :])

    def _check(self, line: PolicyLine, before: Sequence[PolicyLine], after: Sequence[PolicyLine]) -> Iterator[Finding]:
        """Yield the first fault found: what is said twice needs no further word."""
        checks = _DENY_CHECKS if line.is_deny else _ALLOW_CHECKS
        twin = self._find_twin(line, before, after)
        if twin is not None:
            yield Finding(Fault.REPEATED, str(line), f"{twin} says it already")
            return
        for fault, is_so, message in checks:
            if is_so(self, line):
                yield Finding(fault, str(line), message)
                return

    def _find_twin(
        self, line: PolicyLine, before: Sequence[PolicyLine], after: Sequence[PolicyLine]
    ) -> PolicyLine | None:
        meant = self._expand(line)
        wider = (other for other in (*before, *after) if self._says(other, line) and self._expand(other) >= meant)
        return next((other for other in wider if other in before or not self._is_same(other, line)), None)

    def _says(self, other: PolicyLine, line: PolicyLine) -> bool:
        is_alike = (other.sub, other.act, other.eft) == (line.sub, line.act, line.eft)
        return is_alike and other.rows in (line.rows, Rows.AGENCY)

    def _is_same(self, other: PolicyLine, line: PolicyLine) -> bool:
        return other.rows == line.rows and self._expand(other) == self._expand(line)

    def _expand(self, line: PolicyLine) -> frozenset[str]:
        return self._coordinates.expand(line.obj)

    def _index(self, lines: Collection[PolicyLine]) -> "_Index":
        index = _Index()
        for line in lines:
            for coordinate in self._expand(line):
                index.add(line, coordinate)
        return index

    def _decide(self, line: PolicyLine, coordinate: str) -> Decision:
        return self._rights.find([line.sub]).decide(coordinate)

    # the questions

    def is_default(self, line: PolicyLine) -> bool:
        wanted = frozenset({Rows(line.rows)})
        return all(covers(self._defaults.allowed[line.sub, line.act, each], wanted) for each in self._expand(line))

    def is_shadowed(self, line: PolicyLine) -> bool:
        return all((line.sub, line.act, each) in self._own.denied for each in self._expand(line))

    def is_overtaken(self, line: PolicyLine) -> bool:
        wanted = frozenset({Rows(line.rows)})
        is_lesser = line.act in (Act.VIEW_MASKED, Act.VIEW_AGGREGATE)
        return is_lesser and all(covers(self._decide(line, each).view, wanted) for each in self._expand(line))

    def is_unreached(self, line: PolicyLine) -> bool:
        if line.act not in _VIEWS:
            return False
        types = [each.partition(".")[0] for each in self._expand(line) if "." in each]
        reaches = (self._decide(line, name) for name in types)
        is_counted = line.act == Act.VIEW_AGGREGATE
        has_types_alone = len(types) == len(self._expand(line))
        return has_types_alone and not any(each.aggregate if is_counted else each.view for each in reaches)

    def has_no_such_rows(self, line: PolicyLine) -> bool:
        types = {each.partition(".")[0] for each in self._expand(line)} & set(self._scopes)
        return line.rows != Rows.AGENCY and bool(types) and not any(line.rows in self._scopes[name] for name in types)

    def is_under_ceiling(self, line: PolicyLine) -> bool:
        return all((line.sub, line.act, each) in self._defaults.denied for each in self._expand(line))

    def is_idle(self, line: PolicyLine) -> bool:
        keys = [(line.sub, line.act, each) for each in self._expand(line)]
        return not any(self._defaults.allowed.get(key) or self._own.allowed.get(key) for key in keys)


class _Index:
    """What lines say of each role, act and coordinate."""

    def __init__(self) -> None:
        self.allowed: defaultdict[tuple[str, str, str], frozenset[Rows]] = defaultdict(frozenset)
        self.denied: set[tuple[str, str, str]] = set()

    def add(self, line: PolicyLine, coordinate: str) -> None:
        key = (line.sub, line.act, coordinate)
        if line.is_deny:
            self.denied.add(key)
        else:
            self.allowed[key] |= {Rows(line.rows)}


_Check = tuple[Fault, Callable[[_Linter, PolicyLine], bool], str]
_VIEWS = (Act.VIEW, Act.VIEW_MASKED, Act.VIEW_AGGREGATE)
_ALLOW_CHECKS: tuple[_Check, ...] = (
    (Fault.NO_SUCH_ROWS, _Linter.has_no_such_rows, "rows of this type are not told apart by this scope"),
    (Fault.SHADOWED, _Linter.is_shadowed, "the agency's own lines deny all of it, and a deny wins"),
    (Fault.REDUNDANT, _Linter.is_default, "the default policy allows it already"),
    (Fault.UNREACHED, _Linter.is_unreached, "the role reaches no row of the type: allow it the type first"),
    (Fault.OVERTAKEN, _Linter.is_overtaken, "the role sees the value on these rows: deny it `view` first"),
)
_DENY_CHECKS: tuple[_Check, ...] = (
    (Fault.REDUNDANT, _Linter.is_under_ceiling, "a ceiling denies it already"),
    (Fault.IDLE_DENY, _Linter.is_idle, "nothing allows it to this role: it holds for those who have another role too"),
)
