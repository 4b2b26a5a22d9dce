#!/usr/bin/env bash
# Log in with an API key, call the API. Needs curl.
set -euo pipefail

# Secrets go to curl through pipes: what stands in its arguments, every user of the machine can read.
json() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }
header() { printf '%s: %s' "$1" "$2"; }

pair=$(curl -sS --fail-with-body "$TURNSTONE_URL/v3/auth/login" \
  -H 'Content-Type: application/json' --data-binary @- <<<"{\"api_key\":\"$(json "$TURNSTONE_API_KEY")\"}") ||
  { printf '%s\n' "$pair" >&2; exit 1; }             # the service says why
access_token=$(grep -o '"eyJ[^"]*"' <<<"$pair" | tr -d '"')

# Good for 15 minutes. Once it has expired, the refresh token of the pair gets the next one at /v3/auth/refresh.
curl -sS --fail-with-body "$TURNSTONE_URL/v3/individuals" -H @<(header Authorization "Bearer $access_token")
