# Clients on requests-oauthlib and Authlib, with their defaults. Reads one task from stdin: which library, which client,
# where the server is, and, once somebody has said yes, where the browser was sent. Called twice, like authorize.mjs.
# Writes JSON to stdout.
import json
import os
import sys

# The server of the tests has no TLS.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from authlib.common.security import generate_token
from authlib.integrations import requests_client as authlib
from authlib.jose import JsonWebKey, jwt
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from oauthlib.oauth2 import BackendApplicationClient
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

task = json.load(sys.stdin)
server = requests.get(task["issuer"] + "/.well-known/openid-configuration").json()
scope = ["openid", "email", "offline_access"]


class RequestsOauthlib:
    """A website on requests-oauthlib: its release in Debian knows PKCE by oauthlib's own client alone."""

    def session(self, **more):
        return OAuth2Session(task["client"], redirect_uri=task["redirect"], scope=scope, **more)

    def begin(self):
        session = self.session()
        verifier = session._client.create_code_verifier(64)
        challenge = session._client.create_code_challenge(verifier, "S256")
        url, state = session.authorization_url(
            server["authorization_endpoint"], code_challenge=challenge, code_challenge_method="S256"
        )
        return {"url": url, "kept": {"verifier": verifier, "state": state}}

    def finish(self):
        secret = {"auth": HTTPBasicAuth(task["client"], task["secret"])} if task["secret"] else {}
        session = self.session(state=task["kept"]["state"])
        session.fetch_token(
            server["token_endpoint"],
            authorization_response=task["answer"],
            code_verifier=task["kept"]["verifier"],
            include_client_id=not secret,
            **secret,
        )
        first = session.get(server["userinfo_endpoint"]).json()
        session.refresh_token(server["token_endpoint"], **(secret or {"client_id": task["client"]}))
        return {"sub": first["sub"], "email": session.get(server["userinfo_endpoint"]).json()["email"]}

    def program(self):
        session = OAuth2Session(client=BackendApplicationClient(task["client"]))
        return session.fetch_token(server["token_endpoint"], auth=HTTPBasicAuth(task["client"], task["secret"]))


class Authlib:
    """A website on Authlib: it reads the ID token, asks about its token, and gives it back."""

    def session(self, **more):
        return authlib.OAuth2Session(
            task["client"],
            task["secret"],
            scope=scope,
            redirect_uri=task["redirect"],
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if task["secret"] else "none",
            **more,
        )

    def begin(self):
        kept = {"verifier": generate_token(48), "nonce": generate_token(16)}
        url, kept["state"] = self.session().create_authorization_url(
            server["authorization_endpoint"], code_verifier=kept["verifier"], nonce=kept["nonce"]
        )
        return {"url": url, "kept": kept}

    def finish(self):
        kept = task["kept"]
        session = self.session(state=kept["state"])
        token = session.fetch_token(
            server["token_endpoint"], authorization_response=task["answer"], code_verifier=kept["verifier"]
        )
        claims = jwt.decode(
            token["id_token"],
            JsonWebKey.import_key_set(requests.get(server["jwks_uri"]).json()),
            claims_cls=CodeIDToken,
            claims_options={"iss": {"value": task["issuer"]}, "aud": {"value": task["client"]}},
            claims_params={"nonce": kept["nonce"], "client_id": task["client"], "access_token": token["access_token"]},
        )
        claims.validate()
        session.refresh_token(server["token_endpoint"])
        told = {"sub": claims["sub"], "email": session.get(server["userinfo_endpoint"]).json()["email"]}
        if task["secret"]:
            told["active"] = self.active(session)
        session.revoke_token(server["revocation_endpoint"], session.token["refresh_token"])
        if task["secret"]:
            told["after"] = self.active(session)
        return told

    def active(self, session):
        answer = session.introspect_token(server["introspection_endpoint"], token=session.token["access_token"])
        return answer.json()["active"]

    def program(self):
        if "key" not in task:
            return self.session().fetch_token(server["token_endpoint"], grant_type="client_credentials", scope=None)
        session = authlib.OAuth2Session(
            task["client"], task["key"], token_endpoint_auth_method=PrivateKeyJWT(server["token_endpoint"], alg="ES256")
        )
        return session.fetch_token(server["token_endpoint"], grant_type="client_credentials")


library = {"requests-oauthlib": RequestsOauthlib, "authlib": Authlib}[task["library"]]()
if task["does"] == "program":
    told = {"access_token": library.program()["access_token"]}
else:
    told = library.finish() if task.get("answer") else library.begin()
json.dump(told, sys.stdout)
