#!/usr/bin/env bash
# Get the next token set with the refresh token that was saved, save the new one, call the API. Needs curl.
set -euo pipefail
umask 077

header() { printf '%s: %s' "$1" "$2"; }
save() {                                            # never a half-written file
  printf '%s\n' "$1" >"$TURNSTONE_STATE.new"
  sync "$TURNSTONE_STATE.new"
  mv "$TURNSTONE_STATE.new" "$TURNSTONE_STATE"
}

refresh_token=$(grep -o 'tsr_[A-Za-z0-9_-]*' "$TURNSTONE_STATE")
key=$(sed -n 's/.*"key":"\([^"]*\)".*/\1/p' "$TURNSTONE_STATE")
if [[ -z $key ]]; then                              # a new refresh; after a crash the key of the unfinished one is still here
  key=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  save "{\"refresh_token\":\"$refresh_token\",\"key\":\"$key\"}"
fi

status=''
for attempt in 0 1 2 3 4 5; do
  answer=$(curl -sS --max-time 10 -D "$TURNSTONE_STATE.headers" -w '\n%{http_code}' "$TURNSTONE_URL/auth/v2/refresh" \
    -H @<(header Subscription-Key "$TURNSTONE_SUBSCRIPTION_KEY") -H "Idempotency-Key: $key" \
    -H 'Content-Type: application/json' --data-binary @- <<<"{\"token\":\"$refresh_token\"}") || answer=$'\n000'
  status=${answer##*$'\n'}
  case $status in
    201) break ;;
    000)                                            # no answer: the same request again
      echo "No answer: the same request again in $((2 ** attempt)) s." >&2
      sleep $((2 ** attempt)) ;;
    429 | 502 | 503 | 504)                          # not now: the same request again after Retry-After
      wait=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' "$TURNSTONE_STATE.headers")
      echo "Not now ($status): the same request again in ${wait:-1} s." >&2
      sleep "${wait:-1}" ;;
    *) printf '%s\n' "$answer" >&2; exit 1 ;;       # 400 or 401: log in again
  esac
done
rm -f "$TURNSTONE_STATE.headers"
[[ $status == 201 ]] || { echo 'No answer to the refresh. Run again later: the saved key still proves it.' >&2; exit 1; }

# First save …
save "{\"refresh_token\":\"$(grep -o '"tsr_[^"]*"' <<<"$answer" | tr -d '"')\"}"

# … then use.
access_token=$(grep -o '"eyJ[^"]*"' <<<"$answer" | tr -d '"')
curl -sS --fail-with-body "$TURNSTONE_URL/v3/individuals" -H @<(header Authorization "Bearer $access_token")
