"""A real identity provider in a process of its own, and what a person at a browser does there."""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

CLIENT, AUDIENCE = "louver-login", "louver-api"


class Idp:
    """The provider; `restart` gives it new keys, `stop` takes it away."""

    def __init__(self) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port: int = listener.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{self.issuer}/jwks")
                return
            time.sleep(0.05)
        raise RuntimeError("the identity provider did not start")

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def restart(self) -> None:
        """Start it anew, with new keys and without people."""
        self.stop()
        self.start()

    def know(self, sub: str, **claims: Any) -> None:
        """Let it know a person."""
        httpx.put(f"{self.issuer}/users/{sub}", json=claims).raise_for_status()

    def consent(self, location: str, sub: str, action: str = "authorize") -> str:
        """Do what a person does at the provider's form; answer where the browser is sent back to."""
        response = httpx.post(location, data={"sub": sub, "action": action})
        assert response.status_code == 302, response.text
        return response.headers["location"]

    def issue(self, sub: str, audience: str = AUDIENCE, **claims: Any) -> str:
        """Have it sign a token for somebody; claims that are given stand in it, whatever they are."""
        self.know(sub, **claims)
        back = "https://client.example/back"
        query = {"response_type": "code", "client_id": audience, "redirect_uri": back, "scope": "openid email profile"}
        location = self.consent(str(httpx.URL(f"{self.issuer}/oauth2/authorize", params=query)), sub)
        form = {"grant_type": "authorization_code", "code": query_of(location)["code"], "redirect_uri": back}
        response = httpx.post(f"{self.issuer}/oauth2/token", data=form, auth=(audience, "any"))
        token: str = response.raise_for_status().json()["id_token"]
        return token

    def read_public_key(self) -> dict[str, Any]:
        """Read what everybody can read."""
        key: dict[str, Any] = httpx.get(f"{self.issuer}/jwks").json()["keys"][0]
        return key


@contextlib.contextmanager
def running_idp() -> Iterator[Idp]:
    """Run one for the length of a `with`."""
    idp = Idp()
    idp.start()
    try:
        yield idp
    finally:
        idp.stop()


def query_of(url: str) -> dict[str, str]:
    """Read an address's query."""
    return dict(parse_qsl(urlsplit(url).query))


def role_map(**roles: str) -> str:
    """Write a map of claims to roles."""
    return json.dumps({value.replace("_", "-"): names.split() for value, names in roles.items()})
