"""The files for a JupyterHub are read as Jupyter reads them, and say what sentrack understands."""

from pathlib import Path

import pytest
from serving import TOKEN
from traitlets.config import Config, PyFileConfigLoader

from sentrack_lib import cli
from sentrack_lib.cycle.dashboards import serving as dashboards
from sentrack_lib.cycle.dashboards.sign_on import NAMED, SHORTEST, Behind
from sentrack_lib.cycle.dashboards.sign_on import TOKEN as VARIABLE

MANUAL = Path(__file__).resolve().parents[1] / "docs" / "serving"


def read(name: str) -> Config:
    return PyFileConfigLoader(name, path=str(MANUAL)).load_config()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.setenv("JUPYTERHUB_USER", "ms.example")
    return read("jupyter_server_config.py").ServerProxy.servers["sentrack"]


def test_the_tile_starts_the_dashboards_as_the_command_understands_it(
    server: dict, monkeypatch: pytest.MonkeyPatch, sample: Path
) -> None:
    file = sample.parent / "ourschool.yml"
    file.write_text(f"school: {sample}\nterm: 2025-26-summer\n", encoding="utf-8")
    told: list[object] = []
    monkeypatch.setattr(dashboards, "serve", lambda parameters, *words: told.extend(words))
    words = [word.format(port=8123, base_url="/user/ms.example/") for word in server["command"]]
    monkeypatch.setattr("sys.argv", ["sentrack", *words[1:2], str(file), *words[3:]])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert told == [8123, "inclusion", "all", "https://hub.school.example/user/ms.example/sentrack/"]
    assert Behind.read(str(told[-1])) == Behind("hub.school.example", "/user/ms.example/sentrack/")
    assert server["absolute_url"] is True


def test_the_token_is_new_and_the_same_at_both_ends_and_the_hub_says_who_it_is(server: dict) -> None:
    token, shown = server["environment"][VARIABLE], server["request_headers_override"]
    assert shown == {"Authorization": f"token {token}", NAMED: "ms.example"} and len(token) >= SHORTEST
    assert token not in (TOKEN, read("jupyter_server_config.py").ServerProxy.servers["sentrack"]["environment"][VARIABLE])
    assert not any(token in word for word in server["command"]), "a command can be read by everybody on the machine"


def test_the_hub_answers_this_machine_and_opens_the_notebooks_to_one_group() -> None:
    hub = read("jupyterhub_config.py")
    assert hub.JupyterHub.bind_url.startswith("http://127.0.0.1:")
    assert hub.GenericOAuthenticator.allowed_groups == {"sentrack-inclusion"} and hub.Authenticator.manage_groups
    assert hub.Spawner.default_url == "/lab/tree/notebooks"
    assert not [name for name in hub.Spawner.env_keep if dashboards.shown_to_kernels({name: ""}) == {}]
