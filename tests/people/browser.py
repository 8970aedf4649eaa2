"""A browser as far as Louver can tell: it keeps the one cookie and sends it along with every request."""

from typing import Any

import httpx

from louver.people.cookies import NAME

PASSWORD = "seven lanterns over wet asphalt"
WHO = "{ viewer { label kind purpose memberships { agencyId roles officerId } } }"


class Browser:
    """Keeps the cookie by hand: it is for HTTPS, and the tests' server speaks plain HTTP."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.token: str | None = None

    async def post(self, path: str, body: Any = None, **headers: str | None) -> httpx.Response:
        """Send JSON, and keep the cookie that comes back; a header that is None is left out."""
        cookie = f"{NAME}={self.token}" if self.token else None
        whole = {"louver-csrf": "1", "cookie": cookie} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        sent = {name: text for name, text in whole.items() if text is not None}
        response = await self.client.post(path, json={} if body is None else body, headers=sent)
        if "set-cookie" in response.headers:
            self.token = response.headers["set-cookie"].partition(";")[0].partition("=")[2] or None
        return response

    async def send(self, path: str, **body: Any) -> Any:
        """Send JSON, and answer the body."""
        return (await self.post(path, body)).json()

    async def log_in(self, email: str, password: str = PASSWORD) -> Any:
        """Send a password, and answer the body."""
        return await self.send("/auth/login", email=email, password=password)

    async def ask(self, query: str = WHO, **headers: str | None) -> Any:
        """Send one operation, and answer the body."""
        return (await self.post("/graphql", {"query": query}, **headers)).json()

    async def is_in(self) -> bool:
        """Tell whether a query is answered."""
        return "data" in await self.ask()


def told(body: Any) -> tuple[str, str]:
    """Answer the code and the message of a refusal."""
    error = body["errors"][0]
    assert "data" not in body
    return error["extensions"]["code"], error["message"]
