"""Where graphql-core hands over to the read plans, and what it may tell of the schema."""

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo
from graphql.type.introspection import introspection_types
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from louver.resolvers.planner import Plan
from louver.resolvers.run import Run
from louver.schema.visibility import Visibility

_DESCRIBED = introspection_types["__Type"]


@dataclass(frozen=True, slots=True)
class Completed:
    """Response data that a plan has completed; nothing below it is executed again."""

    data: Any


class PlannedExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor, which leaves what is completed alone and describes only what the caller may know of."""

    _described: Any = None

    def execute_field(self, parent_type: Any, source: Any, *rest: Any) -> Any:
        """Execute a field, remembering which type is being described."""
        if parent_type is _DESCRIBED:
            self._described = source
        return super().execute_field(parent_type, source, *rest)

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, *rest: Any
    ) -> Any:
        """Complete a value, unless a plan did."""
        if type(result) is Completed:
            return result.data
        is_described = info.parent_type.name.startswith("__") or info.field_name == "__type"
        if is_described and isinstance(path.key, str):  # the whole, not each item of it again
            result = _limit(info, self._described, result, info.context.visibility)
        return super().complete_value(return_type, field_details_list, info, path, result, *rest)


def _limit(info: GraphQLResolveInfo[Any], described: Any, result: Any, visibility: Visibility) -> Any:
    """Leave out what the caller may not know of. Leak: the schema's names alone tell what an agency keeps."""
    match info.field_name:
        case "__type" | "mutationType":
            return result if result is None or visibility.shows(result.name) else None
        case "types" | "possibleTypes" | "interfaces" if result is not None:
            return [named for named in result if visibility.shows(named.name)]
        case "fields" | "inputFields" | "enumValues" if result is not None:
            return [member for member in result if visibility.shows(f"{described.name}.{member[0]}")]
        case _:
            return result


async def read_root(_source: Any, info: GraphQLResolveInfo[Any], **_arguments: Any) -> Completed:
    """Resolve a planned root field: its arguments went into the plan."""
    return Completed(await info.context.read(info.path.key))


async def read_planned(plan: Plan, run: Run) -> tuple[dict[str, Any], list[GraphQLError]]:
    """Answer an operation that is all planned: each root is completed data already, and there is nothing to execute."""
    data: dict[str, Any] = {}
    errors = []
    for key, found in zip(plan.keys, await plan.read_all(run), strict=True):
        data[key] = found
        if isinstance(found, Exception):
            data[key] = None
            errors.append(GraphQLError(str(found), path=[key], original_error=found))
    return data, errors
