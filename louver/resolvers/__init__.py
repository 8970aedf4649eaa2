"""How records are fetched: read plans, visible expressions and row scopes. Knows GraphQL's shapes, but no HTTP."""
