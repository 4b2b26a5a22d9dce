#!/usr/bin/env bash
# A program's own token, by client id and secret (RFC 6749, section 4.4), then a call. Needs curl.
set -euo pipefail

header() { printf '%s: %s' "$1" "$2"; }

# The secret goes to curl through a pipe: what stands in its arguments, every user of the machine can read.
token=$(printf '%s' "$TURNSTONE_CLIENT_SECRET" | curl -sS --fail-with-body "$TURNSTONE_URL/oauth2/token" \
  -d grant_type=client_credentials -d scope=individuals.read \
  --data-urlencode "client_id=$TURNSTONE_CLIENT_ID" --data-urlencode client_secret@-) ||
  { printf '%s\n' "$token" >&2; exit 1; }            # the service says why
access_token=$(grep -o '"eyJ[^"]*"' <<<"$token" | tr -d '"')

# There is no refresh token: shortly before the token expires, ask for another in the same way.
curl -sS --fail-with-body "$TURNSTONE_URL/v3/individuals" -H @<(header Authorization "Bearer $access_token")
