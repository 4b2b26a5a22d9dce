// Signs in at the server by a code with PKCE, and asks it with a token that is good who has signed in. All tabs share
// one session and one refresh. Every script of this origin can read it: a page that is worth more keeps its tokens at
// a server of its own.
import { BrowserStore, NoSessionError, Session, SessionEndedError } from "turnstone-client";

const { server, client } = document.body.dataset;
const redirect = location.origin + location.pathname;
const said = document.getElementById("said");
const button = document.getElementById("sign-in");

const open = (more) => new Session(server, "/oauth2", { client_id: client, ...more }, { store: new BrowserStore() });

const secret = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function leave() {
  const [state, verifier] = [secret(), secret()];
  sessionStorage.setItem("sign-in", JSON.stringify({ state, verifier }));
  const challenge = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const asked = new URLSearchParams({
    response_type: "code",
    client_id: client,
    redirect_uri: redirect,
    scope: "openid email",
    state,
    code_challenge: base64url(new Uint8Array(challenge)),
    code_challenge_method: "S256",
  });
  location.assign(`${server}/oauth2/authorize?${asked}`);
}

// The answer counts if this tab has asked for it, and once.
async function comeBack(answer) {
  const { state, verifier } = JSON.parse(sessionStorage.getItem("sign-in") ?? "{}");
  sessionStorage.removeItem("sign-in");
  history.replaceState(null, "", redirect);
  if (!state || answer.get("state") !== state || !answer.has("code")) return;
  await open({ code: answer.get("code"), redirect_uri: redirect, code_verifier: verifier }).signIn();
}

async function show() {
  const answer = await open({}).fetch(`${server}/oauth2/userinfo`);
  said.textContent = answer.ok ? `You are ${(await answer.json()).email}.` : `The server answered ${answer.status}.`;
}

button.addEventListener("click", leave);
try {
  await comeBack(new URLSearchParams(location.search));
  await show();
} catch (reason) {
  const out = reason instanceof NoSessionError || reason instanceof SessionEndedError;
  said.textContent = out ? "You are not signed in." : reason.message;
  button.hidden = false;
}
