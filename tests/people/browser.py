"""A browser as far as Louver can tell: it keeps the one cookie and sends it along with every request."""

from typing import Any

import httpx

from louver.people.cookies import NAME

WHO = "{ viewer { label kind purpose memberships { agencyId roles officerId } } }"


class Browser:
    """Keeps the cookie by hand: it is for HTTPS, and the tests' server speaks plain HTTP."""

    def __init__(self, client: httpx.AsyncClient, address: str | None = None) -> None:
        self.client = client
        self.token: str | None = None
        self.headers = {"louver-csrf": "1"}

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Send JSON, and keep the cookie that comes back."""
        headers = self.headers | ({"cookie": f"{NAME}={self.token}"} if self.token else {})
        headers |= options.pop("headers", {})
        headers = {name: value for name, value in headers.items() if value is not None}
        response = await self.client.post(path, json=body or {}, headers=headers, **options)
        if "set-cookie" in response.headers:
            self.token = response.headers["set-cookie"].partition(";")[0].partition("=")[2] or None
        return response

    async def log_in(self, email: str, password: str) -> Any:
        """Send a password, and answer the body."""
        return (await self.post("/auth/login", {"email": email, "password": password})).json()

    async def ask(self, query: str = WHO, **options: Any) -> Any:
        """Send one operation, and answer the body."""
        return (await self.post("/graphql", {"query": query}, **options)).json()
