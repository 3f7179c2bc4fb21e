"""For each JupyterLab of the Hub: a tile *sentrack* that opens the dashboards, through jupyter-server-proxy.

Belongs into /srv/sentrack/.venv/etc/jupyter/. The token is new whenever a JupyterLab starts, and nobody sees it; who writes
decisions is who signed in at the Hub. See docs/serving.md.
"""

import os
import secrets

HUB = "https://hub.school.example"
TOKEN = secrets.token_hex(32)

c = get_config()  # noqa: F821
c.ServerProxy.servers = {
    "sentrack": {
        "command": [
            "/srv/sentrack/.venv/bin/sentrack",
            "dashboards",
            "/srv/sentrack/parameters/ourschool.yml",
            "--audience=inclusion",
            "--port={port}",
            f"--behind={HUB}{{base_url}}sentrack/",
        ],
        "environment": {"SENTRACK_TOKEN": TOKEN},
        "request_headers_override": {
            "Authorization": f"token {TOKEN}",
            "X-Forwarded-User": os.environ.get("JUPYTERHUB_USER", ""),
        },
        "absolute_url": True,
        "timeout": 120.0,
        "launcher_entry": {"title": "sentrack", "category": "Other"},
    }
}
