"""The queries whose plans are held: what dashboards and reports ask most. `$cursor` is where the first page ends."""

EIGHT = "id firstName lastName badgeNumber title rank workEmail hireDate"
PAGE = f"pageInfo {{ endCursor startCursor }} nodes {{ {EIGHT} }}"
RECORDS = "id completedOn status score course { title }"
STANDARD = {
    "point": f"query ($officer: ID!) {{ officer(id: $officer) {{ {EIGHT} }} }}",
    "node": f"query ($officer: ID!) {{ node(id: $officer) {{ ... on Officer {{ {EIGHT} }} }} }}",
    "page": f"{{ officers(first: 20) {{ {PAGE} }} }}",
    "page of 1,000": f"{{ officers(first: 1000) {{ {PAGE} }} }}",
    "next page": f"query ($cursor: String) {{ officers(first: 20, after: $cursor) {{ {PAGE} }} }}",
    "page before": f"query ($cursor: String) {{ officers(last: 20, before: $cursor) {{ {PAGE} }} }}",
    "next by name": (
        f"""query ($cursor: String) {{
            officers(first: 20, after: $cursor, orderBy: [{{ field: LAST_NAME }}]) {{ {PAGE} }} }}"""
    ),
    "counted": "{ officers(first: 20) { totalCount nodes { id } } }",
    "by last name": f'{{ officers(first: 20, filter: {{ lastName: {{ eq: "Oakford" }} }}) {{ {PAGE} }} }}',
    "by badge": f'{{ officers(first: 20, filter: {{ badgeNumber: {{ eq: "B00007" }} }}) {{ {PAGE} }} }}',
    "by trainings": (
        f"""{{ officers(first: 20, filter: {{ trainings: {{ some: {{ completedOn: {{ gte: "2016-03-01" }} }} }} }})
            {{ {PAGE} }} }}"""
    ),
    "newest trainings": (
        f"""query ($cursor: String) {{
            trainings(first: 20, after: $cursor, orderBy: [{{ field: COMPLETED_ON, direction: DESC }}])
            {{ pageInfo {{ endCursor }} nodes {{ {RECORDS} }} }} }}"""
    ),
    "newest incidents": (
        """query ($cursor: String) {
            uofIncidents(first: 20, after: $cursor, orderBy: [{ field: OCCURRED_AT, direction: DESC }])
            { pageInfo { endCursor } nodes { id number level } } }"""
    ),
    "nested": f"{{ officers(first: 50) {{ nodes {{ {EIGHT} trainings(first: 10) {{ nodes {{ {RECORDS} }} }} }} }} }}",
    "deep": (
        f"""query ($agency: ID!) {{ agency(id: $agency) {{ id name
            officers(first: 20) {{ nodes {{ id lastName trainings(first: 10) {{ nodes {{ {RECORDS} }} }} }} }}
            uofIncidents(first: 20) {{ nodes {{ id occurredAt level
                involvements {{ nodes {{ forceTypes officer {{ id lastName badgeNumber }} }} }} }} }} }} }}"""
    ),
    "groups": "{ trainingsAggregate(groupBy: [STATUS]) { count groups { count key { status } } } }",
}
