"""A JupyterHub for the inclusion team: whoever is of the group gets JupyterLab at the notebooks, and nobody else anything.

The lines on the sign-on are those of the package oauthenticator; write those of your own provider. See docs/serving.md.
"""

c = get_config()  # noqa: F821

# Only this machine is answered; the school's web server in front of the Hub speaks TLS.
c.JupyterHub.bind_url = "http://127.0.0.1:8000/"

c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.auth_state_groups_key = "oauth_user.groups"
c.GenericOAuthenticator.allowed_groups = {"sentrack-inclusion"}
c.Authenticator.manage_groups = True
c.Authenticator.enable_auth_state = True

c.Spawner.cmd = ["/srv/sentrack/.venv/bin/jupyterhub-singleuser"]
c.Spawner.notebook_dir = "/srv/sentrack"
c.Spawner.default_url = "/lab/tree/notebooks"
# A kernel sees the environment of its server: hand on nothing but this.
c.Spawner.env_keep = ["PATH", "LANG", "LC_ALL"]
