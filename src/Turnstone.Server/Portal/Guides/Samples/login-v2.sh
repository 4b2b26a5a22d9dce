#!/usr/bin/env bash
# Log in with email and password, save the refresh token, call the API. Needs curl.
set -euo pipefail
umask 077

# Secrets go to curl through pipes: what stands in its arguments, every user of the machine can read.
json() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }
header() { printf '%s: %s' "$1" "$2"; }

credentials=$(printf '{"username":"%s","password":"%s"}' "$(json "$TURNSTONE_EMAIL")" "$(json "$TURNSTONE_PASSWORD")")
set=$(curl -sS --fail-with-body "$TURNSTONE_URL/auth/v2/login" \
  -H @<(header Subscription-Key "$TURNSTONE_SUBSCRIPTION_KEY") \
  -H 'Content-Type: application/json' --data-binary @- <<<"$credentials") ||
  { printf '%s\n' "$set" >&2; exit 1; }              # the service says why

access_token=$(grep -o '"eyJ[^"]*"' <<<"$set" | tr -d '"')
refresh_token=$(grep -o '"tsr_[^"]*"' <<<"$set" | tr -d '"')

# First save the refresh token, whole or not at all …
printf '{"refresh_token":"%s"}\n' "$refresh_token" >"$TURNSTONE_STATE.new"
sync "$TURNSTONE_STATE.new"
mv "$TURNSTONE_STATE.new" "$TURNSTONE_STATE"

# … then use the access token.
curl -sS --fail-with-body "$TURNSTONE_URL/v3/individuals" -H @<(header Authorization "Bearer $access_token")
