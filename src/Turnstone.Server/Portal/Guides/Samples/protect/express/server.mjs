// An Express API. Node 20 or later; npm install express jose
import express from "express";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

const { TURNSTONE_URL: issuer, TURNSTONE_AUDIENCE: audience, PORT = 3000 } = process.env;
const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
const rules = { issuer, audience, algorithms: ["RS256", "ES256"], requiredClaims: ["exp"] };

const needs = (scope) => async (request, response, next) => {
  const [, token = ""] = /^Bearer (.+)$/i.exec(request.get("Authorization") ?? "") ?? [];
  try {
    request.claims = (await jwtVerify(token, keys, rules)).payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) return next(error); // the keys could not be fetched
    return response.set("WWW-Authenticate", 'Bearer error="invalid_token"').sendStatus(401);
  }
  return request.claims.scope?.split(" ").includes(scope) ? next() : response.sendStatus(403);
};

const app = express();
app.get("/individuals", needs("individuals.read"), (request, response) =>
  response.json({ product: request.claims.product ?? null }));
app.listen(PORT, "127.0.0.1");
