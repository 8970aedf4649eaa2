"""What the explanation of access answers with. These are plain types: no plan reads them."""

from collections.abc import Iterable

import strawberry

from louver.authz.effective import MatrixRow
from louver.authz.explaining import Explanation
from louver.authz.preview import FieldChange, OperationChange, Preview, Verdict
from louver.resolvers.holders import NamedHolder
from louver.schema.access_types import PolicyEffect, described

_SCOPES = "`agency`, `unit`, `own`, `closed`, `published`, `sworn` or another scope of the policy"


@strawberry.type(description="A policy line that had a part in a decision.")
class DecidingLine:
    """See explaining.DecidingLine."""

    line: str = described("The line as it stands in the policy.")
    layer: str = described("`CEILING`, `OVERLAY` for the agency's own, or `DEFAULT`.")


@strawberry.type(description="Why some roles may or may not do something.")
class AccessExplanation:
    """See explaining.Explanation."""

    coordinate: str = described("The field, type or administered thing.")
    action: str = described("What is done to it.")
    roles: list[str] = described("The roles, held together.")
    effect: str = described("`VISIBLE`, `MASKED`, `AGGREGATE` or `DENIED`; of other actions `ALLOWED` or `DENIED`.")
    rows: list[str] = described(f"On which rows: {_SCOPES}.")
    masked_rows: list[str] = described("On which rows the mask stands in for the value.")
    aggregate_rows: list[str] = described("Which rows may be counted.")
    reach: list[str] = described("Which rows of the type are reached at all.")
    mask: str | None = described("What stands in for a masked value.")
    reason: str | None = described("Why no row shows it: `ROLE`, `KEY_SCOPE`, `MODULE`, `SUBSCRIPTION` or `CEILING`.")
    decided_by: str = described(
        "`CEILING`, `OVERLAY`, `DEFAULT`, `SUBSCRIPTION`, `KEY`, or `NOTHING` where no line allows it."
    )
    lines: list[DecidingLine] = described("The lines that decided.")
    depends_on: list[str] = described("Other coordinates whose rights it takes, its type included.")
    changed_by: list[str] = described("Roles that may change it in this agency; none where the platform decides.")
    policy_version: str = described("Version of the policy that was asked.")


@strawberry.type(description="A member or a key, and what it sees.")
class AccessHolder:
    """See holders.NamedHolder."""

    kind: str = described("`PERSON` or `KEY`.")
    id: strawberry.ID = described("Id of the person, or prefix of the key.")
    label: str = described("Its name.")
    needs_grant: bool = described("Whether it is the vendor's support, which sees nothing without a grant.")
    access: AccessExplanation = described("What it sees, by all its roles and no more than its scopes.")


@strawberry.type(description="Who can see a field.")
class AccessHolders:
    """The answer to `whoCanSee`."""

    coordinate: str = described("The field, type or administered thing.")
    roles: list[AccessExplanation] = described("Roles that can, each held alone.")
    holders: list[AccessHolder] = described("Members and keys that can.")


@strawberry.type(description="What one role sees of one coordinate.")
class AccessCell:
    """One cell of the matrix."""

    role: str = described("The role, held alone.")
    effect: str = described("`VISIBLE`, `MASKED`, `AGGREGATE` or `DENIED`.")
    reads: str = described("The effect with its rows, such as `VISIBLE own, MASKED agency`.")
    default_reads: str = described("The same in an agency that has changed nothing.")


@strawberry.type(description="What every role sees of one coordinate.")
class AccessRow:
    """One row of the matrix."""

    coordinate: str = described("The field or type.")
    group: str | None = described("The field group that policy lines may name it by.")
    classification: str | None = described("How sensitive it is.")
    cells: list[AccessCell] = described("Role by role.")


@strawberry.type(description="Who sees what in the agency, its own policy included.")
class AccessMatrix:
    """The whole matrix."""

    policy_version: str = described("Version of the policy.")
    roles: list[str] = described("The roles, in the order of the cells.")
    rows: list[AccessRow] = described("Coordinate by coordinate.")
    csv: str = described("The same as a table: a line for each coordinate, a column for each role.")


@strawberry.type(description="A field that recorded operations asked for and would be answered otherwise.")
class PreviewedField:
    """See preview.FieldChange."""

    coordinate: str = described("The field, relation or root.")
    roles: list[str] = described("The roles of those who asked.")
    change: str = described(
        "`NEWLY_VISIBLE`, `UNMASKED`, `NEWLY_COUNTED`, `MORE_ROWS`, `OTHER_ROWS`, `FEWER_ROWS`, `NEWLY_MASKED` or "
        "`NEWLY_DENIED`."
    )
    before: str = described("What is seen now.")
    after: str = described("What would be seen.")
    times: int = described("How many recorded operations asked for it.")
    keys: list[str] = described("Prefixes of the keys that did.")


@strawberry.type(description="Recorded operations of one document and key that would be answered otherwise.")
class PreviewedOperation:
    """See preview.OperationChange."""

    verdict: str = described("`BREAKS`, `LOSES` or `GAINS`.")
    operation_name: str | None = described("Its name in the document.")
    document_hash: str = described("Keyed digest of the document's text: the same document has the same.")
    key_prefix: str | None = described("The key that sent it.")
    roles: list[str] = described("The roles that it was sent with.")
    times: int = described("How often it was recorded.")
    lost: list[str] = described("Coordinates of which less would be seen.")
    gained: list[str] = described("Coordinates of which more would be seen.")


@strawberry.type(description="How many recorded operations come to each verdict.")
class PreviewedTimes:
    """Counts."""

    breaks: int = described("Of which nothing would be answered any more.")
    loses: int = described("Of which less would be answered; refused where they filter or order by what is denied.")
    gains: int = described("Of which more would be answered.")
    unchanged: int = described("Answered as before.")


@strawberry.type(description="What a draft of the agency's policy would change.")
class PolicyPreview:
    """See preview.Preview."""

    times: PreviewedTimes = described("How many recorded operations come to each verdict.")
    fields: list[PreviewedField] = described("Fields that were asked for, the most often asked first.")
    operations: list[PreviewedOperation] = described("Operations that would be answered otherwise, the worst first.")
    effects: list[PolicyEffect] = described("Cells of the matrix that would read otherwise, asked for or not.")


def show_explanation(explanation: Explanation) -> AccessExplanation:
    """Show an explanation."""
    return AccessExplanation(
        coordinate=explanation.coordinate,
        action=str(explanation.act),
        roles=list(explanation.roles),
        effect=str(explanation.effect),
        rows=sorted(explanation.rows),
        masked_rows=sorted(explanation.masked_rows),
        aggregate_rows=sorted(explanation.aggregate_rows),
        reach=sorted(explanation.reach),
        mask=explanation.mask,
        reason=explanation.reason,
        decided_by=str(explanation.layer),
        lines=[DecidingLine(line=line.text, layer=str(line.layer)) for line in explanation.lines],
        depends_on=list(explanation.depends_on),
        changed_by=list(explanation.changed_by),
        policy_version=explanation.policy_version,
    )


def show_holder(holder: NamedHolder, explanation: Explanation) -> AccessHolder:
    """Show a member or a key."""
    return AccessHolder(
        kind=str(holder.kind),
        id=strawberry.ID(holder.id),
        label=holder.label,
        needs_grant=holder.needs_grant,
        access=show_explanation(explanation),
    )


def show_row(row: MatrixRow, default: MatrixRow, roles: Iterable[str]) -> AccessRow:
    """Show a row of the matrix beside what it is by default."""
    return AccessRow(
        coordinate=row.coordinate,
        group=row.group,
        classification=row.classification,
        cells=[
            AccessCell(role=role, effect=str(sight.degree), reads=str(sight), default_reads=str(plain))
            for role, sight, plain in zip(roles, row.sights, default.sights, strict=True)
        ],
    )


def show_preview(preview: Preview) -> PolicyPreview:
    """Show a preview."""
    return PolicyPreview(
        times=PreviewedTimes(**{verdict.lower(): preview.times.get(verdict, 0) for verdict in Verdict}),
        fields=list(_show_fields(preview.fields)),
        operations=list(_show_operations(preview.operations)),
        effects=[PolicyEffect(**cell._asdict()) for cell in preview.cells],
    )


def _show_fields(fields: Iterable[FieldChange]) -> Iterable[PreviewedField]:
    for each in fields:
        yield PreviewedField(
            coordinate=each.coordinate,
            roles=sorted(each.roles),
            change=str(each.change),
            before=str(each.before),
            after=str(each.after),
            times=each.times,
            keys=sorted(each.keys),
        )


def _show_operations(operations: Iterable[OperationChange]) -> Iterable[PreviewedOperation]:
    for each in operations:
        recorded = each.recorded
        yield PreviewedOperation(
            verdict=str(each.verdict),
            operation_name=recorded.operation_name,
            document_hash=recorded.document_hash,
            key_prefix=recorded.key_prefix,
            roles=sorted(recorded.roles),
            times=recorded.times,
            lost=[coordinate for coordinate, change in each.changes.items() if change.is_loss],
            gained=[coordinate for coordinate, change in each.changes.items() if change.is_gain],
        )
