"""A school's sign-on and its proxy, for a test: nginx as the manual sets it up, and a stand-in that knows two people."""

import contextlib
import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPSConnection
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_connection
from urllib.parse import parse_qs, urlsplit

import pytest
from processes import PATIENCE, until
from serving import TOKEN, free_port

HOST = "sentrack.localhost"
"""Browsers look for such names on their own machine."""
MANUAL = Path(__file__).resolve().parents[1] / "docs" / "serving" / "nginx.conf"
MANAGER, GOVERNOR = "ms.example@school.example", "mr.guvnor@school.example"
GROUPS = {MANAGER: {"sentrack-inclusion"}, GOVERNOR: {"sentrack-governors"}}
AUDIENCES = {"inclusion": 8866, "english": 8867, "governors": 8868}
MAIN = """
{user}
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class SignOn(BaseHTTPRequestHandler):
    """Answers as oauth2-proxy does; whose cookie says a name is that person."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        person = getattr(SimpleCookie(self.headers.get("Cookie", "")).get("person"), "value", None)
        if asked.path != "/oauth2/auth":
            self._answer(200, f"Sign in, then go to {self.headers.get('X-Auth-Request-Redirect')}")
        elif person not in GROUPS:
            self._answer(401)
        elif not GROUPS[person] & {*parse_qs(asked.query).get("allowed_groups", [])}:
            self._answer(403)
        else:
            self._answer(202, **{"X-Auth-Request-Email": person})

    def _answer(self, status: int, words: str = "", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(words)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(words.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Proxied:
    """A running proxy."""

    port: int
    plain_port: int
    folder: Path

    @property
    def address(self) -> str:
        return f"https://{HOST}:{self.port}"

    def ask(self, path: str, person: str | None = None, method: str = "GET", name: str = HOST, **headers: str) -> tuple[int, str]:
        """Status and body of an answer to who is signed in as a person; the certificate is looked at as a browser does."""
        connection = HTTPSConnection(name, self.port, timeout=PATIENCE)
        trusted = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        connection.sock = trusted.wrap_socket(create_connection(("127.0.0.1", self.port)), server_hostname=name)
        told = {"Cookie": f"person={person}"} if person else {}
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        connection.request(method, path, headers={**sent, **told, "Cookie": "; ".join([*told.values(), sent.get("Cookie", "")])})
        answer = connection.getresponse()
        body = "" if answer.status == 101 else answer.read().decode(errors="replace")
        connection.close()
        return answer.status, body


@contextlib.contextmanager
def proxied(folder: Path, ports: dict[str, int]) -> Iterator[Proxied]:
    """The proxy of the manual before the servers of some audiences, and its sign-on, until the test is over."""
    if not shutil.which("nginx") or not shutil.which("openssl"):
        pytest.skip("nginx or openssl is not installed on this machine")
    sign_on = ThreadingHTTPServer(("127.0.0.1", 0), SignOn)
    threading.Thread(target=sign_on.serve_forever, daemon=True).start()
    proxy = Proxied(free_port(), free_port(), folder)
    _lay_out(proxy, sign_on.server_port, ports)
    command = ["nginx", "-p", str(folder), "-c", str(folder / "main.conf"), "-e", str(folder / "error.log"), "-g", "daemon off;"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _wait(running, proxy.port)
        yield proxy
    finally:
        running.terminate()
        running.communicate(timeout=PATIENCE)
        sign_on.shutdown()
        sign_on.server_close()


def _lay_out(proxy: Proxied, sign_on: int, ports: dict[str, int]) -> None:
    """The manual's configuration with this test's names, ports and places, and what it asks for beside it."""
    folder, site = proxy.folder, MANUAL.read_text(encoding="utf-8")
    for said, here in {
        "sentrack.school.example": HOST,
        "/etc/sentrack/": f"{folder}/",
        "listen 443": f"listen 127.0.0.1:{proxy.port}",
        "listen 80": f"listen 127.0.0.1:{proxy.plain_port}",
        "127.0.0.1:4180": f"127.0.0.1:{sign_on}",
        **{f"127.0.0.1:{port}": f"127.0.0.1:{ports.get(audience, 9)}" for audience, port in AUDIENCES.items()},
    }.items():
        assert said in site, f"the manual no longer says {said}"
        site = site.replace(said, here)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "main.conf").write_text(MAIN.format(folder=folder, user=user), encoding="utf-8")
    for audience in AUDIENCES:
        (folder / f"{audience}.token").write_text(f'proxy_set_header Authorization "token {TOKEN}";\n', encoding="utf-8")
    words = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    place = ["-keyout", str(folder / "certificate.key"), "-out", str(folder / "certificate.pem")]
    name = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    subprocess.run([*words, *place, *name], check=True, capture_output=True)


def _wait(running: subprocess.Popen[str], port: int) -> None:
    def answers() -> bool:
        assert running.poll() is None, running.communicate()
        with contextlib.suppress(OSError):
            create_connection(("127.0.0.1", port)).close()
            return True
        return False

    assert until(answers), "nginx did not start"
