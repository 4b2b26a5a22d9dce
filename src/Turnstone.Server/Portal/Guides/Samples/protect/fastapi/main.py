# A FastAPI API. pip install fastapi uvicorn "pyjwt[crypto]"; uvicorn main:app
import os

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException

issuer, audience = os.environ["TURNSTONE_URL"], os.environ["TURNSTONE_AUDIENCE"]
keys = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json")
rules = {"issuer": issuer, "audience": audience, "algorithms": ["RS256", "ES256"], "options": {"require": ["exp"]}}


def needs(scope: str):
    def check(authorization: str = Header("")):
        token = authorization.partition(" ")[2]
        try:
            claims = jwt.decode(token, keys.get_signing_key_from_jwt(token).key, **rules)
        except jwt.PyJWTError:
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        if scope not in claims.get("scope", "").split():
            raise HTTPException(403)
        return claims

    return check


app = FastAPI()


@app.get("/individuals")
def individuals(claims: dict = Depends(needs("individuals.read"))):
    return {"product": claims.get("product")}
