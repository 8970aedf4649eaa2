"""What a key would get of operations that are stored and that nobody has sent of late: read from their texts."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLSchema,
    ObjectFieldNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    visit,
)

from louver.authz.forecasting import Outlook
from louver.authz.vocabulary import DeniedMode
from louver.schema.key_types import ForecastOperation
from louver.schema.visibility import Visibility

FORECASTS_MAX = 1_000
"""How many texts are read: a preview answers while its administrator waits."""


def forecast_stored(
    schema: GraphQLSchema, visibility: Visibility, texts: Mapping[str, str], known: Collection[str], mode: DeniedMode
) -> Iterator[ForecastOperation]:
    """Forecast each text, by its digest, that is not known from the log. What variables hold is not foreseen."""
    unsent = [digest for digest in sorted(texts) if digest not in known]
    for digest in unsent[:FORECASTS_MAX]:
        document = parse(texts[digest])
        finder = _Finder(schema, visibility)
        visit(document, TypeInfoVisitor(finder.info, finder))
        yield ForecastOperation(
            outlook=str(_judge(finder, mode)),
            operation_name=_find_name(document),
            document_hash=digest,
            is_stored=True,
            times=0,
            denied=sorted({*finder.denied, *finder.referred}),
            masked=[],
        )


def _judge(finder: "_Finder", mode: DeniedMode) -> Outlook:
    if not (finder.denied or finder.referred):
        return Outlook.RUNS
    is_rejecting = mode in (DeniedMode.REJECT, DeniedMode.HIDE)
    return Outlook.BREAKS if is_rejecting or finder.referred or finder.roots <= finder.denied else Outlook.LOSES


def _find_name(document: DocumentNode) -> str | None:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return operations[0].name.value if len(operations) == 1 and operations[0].name else None


class _Finder(Visitor):
    """Finds the names that are closed, by coordinate: those that are answered with null, and those that refuse."""

    def __init__(self, schema: GraphQLSchema, visibility: Visibility) -> None:
        super().__init__()
        self.info = TypeInfo(schema)
        self.roots: set[str] = set()
        self.denied: set[str] = set()
        self.referred: set[str] = set()
        self._query = schema.query_type
        self._visibility = visibility

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self.info.get_parent_type()
        if parent is not None and not node.name.value.startswith("__"):
            coordinate = f"{parent.name}.{node.name.value}"
            if parent is self._query:
                self.roots.add(coordinate)
            self._note(coordinate, self.denied)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        parent = get_named_type(self.info.get_parent_input_type())
        if parent is not None:
            self._note(f"{parent.name}.{node.name.value}", self.referred)

    def enter_enum_value(self, node: EnumValueNode, *_: Any) -> None:
        enum = get_named_type(self.info.get_input_type())
        if enum is not None:
            self._note(f"{enum.name}.{node.value}", self.referred)

    def _note(self, coordinate: str, found: set[str]) -> None:
        if not self._visibility.shows(coordinate):
            found.add(coordinate)
