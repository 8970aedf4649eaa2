"""Bytes, connections and processes: what stands between the network and the ASGI application. No GraphQL, no rows."""
