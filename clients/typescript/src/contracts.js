// A copy of clients/contracts.json; a test compares them.
export default {
  "contracts": {
    "/auth/v1": {
      "body": "json",
      "signIns": [{ "needs": ["code"], "once": true, "method": "GET", "path": "/auth/v1/token?code={code}" }],
      "refresh": {
        "method": "POST",
        "path": "/auth/v1/refresh-token",
        "members": { "refresh_token": "{refresh_token}" }
      },
      "answer": {
        "access": "authorization.token",
        "refresh": "refresh.token",
        "expiresIn": "authorization.expires_in",
        "expiresAt": "authorization.expires_at"
      },
      "early": true,
      "accessSeconds": 43200,
      "endedStatuses": [401]
    },
    "/auth/v2": {
      "body": "json",
      "headers": { "Subscription-Key": "{subscription_key}" },
      "signIns": [
        {
          "needs": ["username", "password", "subscription_key"],
          "method": "POST",
          "path": "/auth/v2/login",
          "members": { "username": "{username}", "password": "{password}" }
        }
      ],
      "refresh": { "method": "POST", "path": "/auth/v2/refresh", "members": { "token": "{refresh_token}" } },
      "answer": {
        "access": "authorization.token",
        "refresh": "refresh.token",
        "expiresIn": "authorization.expires_in",
        "expiresAt": "authorization.expires_at"
      },
      "early": true,
      "accessSeconds": 43200,
      "endedStatuses": []
    },
    "/v1/oauth": {
      "body": "json",
      "defaults": { "token_type": "user" },
      "signIns": [
        {
          "needs": ["code", "client_id"],
          "once": true,
          "method": "POST",
          "path": "/v1/oauth/token/{token_type}",
          "members": {
            "grant_type": "authorization_code",
            "code": "{code}",
            "redirect_uri": "{redirect_uri}",
            "code_verifier": "{code_verifier}",
            "client_id": "{client_id}",
            "client_secret": "{client_secret}"
          }
        }
      ],
      "refresh": {
        "method": "POST",
        "path": "/v1/oauth/token/{token_type}",
        "members": {
          "grant_type": "refresh_token",
          "refresh_token": "{refresh_token}",
          "client_id": "{client_id}",
          "client_secret": "{client_secret}"
        }
      },
      "answer": {
        "access": "access_token",
        "refresh": "refresh_token",
        "expiresIn": "expires_in",
        "expiresAt": "expires_at"
      },
      "early": true,
      "accessSeconds": 2592000,
      "endedStatuses": []
    },
    "/v3": {
      "body": "json",
      "signIns": [
        {
          "needs": ["api_key"],
          "method": "POST",
          "path": "/v3/auth/login",
          "members": { "api_key": "{api_key}" }
        }
      ],
      "refresh": {
        "method": "POST",
        "path": "/v3/auth/refresh",
        "members": { "refresh_token": "{refresh_token}" }
      },
      "answer": {
        "access": "access_token",
        "refresh": "refresh_token",
        "expiresIn": "expires_in",
        "expiresAt": "expires_at"
      },
      "early": false,
      "accessSeconds": 900,
      "endedStatuses": [401]
    },
    "/oauth2": {
      "body": "form",
      "signIns": [
        {
          "needs": ["code", "client_id"],
          "once": true,
          "method": "POST",
          "path": "/oauth2/token",
          "members": {
            "grant_type": "authorization_code",
            "code": "{code}",
            "redirect_uri": "{redirect_uri}",
            "code_verifier": "{code_verifier}",
            "client_id": "{client_id}",
            "client_secret": "{client_secret}"
          }
        },
        {
          "needs": ["device_code", "client_id"],
          "once": true,
          "method": "POST",
          "path": "/oauth2/token",
          "members": {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "device_code": "{device_code}",
            "client_id": "{client_id}",
            "client_secret": "{client_secret}"
          }
        },
        {
          "needs": ["client_id", "client_secret"],
          "method": "POST",
          "path": "/oauth2/token",
          "members": {
            "grant_type": "client_credentials",
            "scope": "{scope}",
            "client_id": "{client_id}",
            "client_secret": "{client_secret}"
          }
        }
      ],
      "refresh": {
        "method": "POST",
        "path": "/oauth2/token",
        "members": {
          "grant_type": "refresh_token",
          "refresh_token": "{refresh_token}",
          "client_id": "{client_id}",
          "client_secret": "{client_secret}"
        }
      },
      "answer": {
        "access": "access_token",
        "refresh": "refresh_token",
        "expiresIn": "expires_in",
        "expiresAt": "expires_at",
        "type": "token_type"
      },
      "early": true,
      "accessSeconds": 3600,
      "endedStatuses": []
    }
  },
  "codes": {
    "ended": [
      "invalid_grant",
      "invalid_refresh_token",
      "session_expired",
      "session_revoked",
      "refresh_token_reused",
      "token_reused"
    ],
    "reused": ["refresh_token_reused", "token_reused"],
    "tooEarly": ["refresh_too_early"],
    "keyReused": ["idempotency_key_reused"],
    "proofNeeded": ["invalid_dpop_proof"],
    "nonceNeeded": ["use_dpop_nonce"]
  },
  "words": {
    "ended": "The session is over.",
    "ended_next": "Sign in again.",
    "reused_next": "Somebody else used a copy of its tokens. Find the leak, change the credential, then sign in.",
    "refused": "The server refused the request.",
    "refused_next": "Correct the client's settings; the session is kept.",
    "sign_in_refused": "The server refused the sign-in.",
    "sign_in_refused_next": "Check the credentials. Nothing is asked again before the time in retryAfter.",
    "unavailable": "The server gave no usable answer.",
    "in_use": "Another process has been at work on the session for longer than this call may wait.",
    "unavailable_next": "Try again later; the session is kept and nothing is lost.",
    "too_early": "The access token was rejected and the server does not refresh it yet.",
    "store": "The session could not be read or saved.",
    "store_next": "Make the store readable and writable, then call again: the same refresh goes on.",
    "store_foreign": "The stored session belongs to another server or contract.",
    "store_damaged": "The stored session cannot be read.",
    "no_session": "There is no session and nothing to sign in with.",
    "no_session_next": "Give credentials, or the refresh token of a session.",
    "no_proof": "The server wants proofs of a key (DPoP), and this program cannot sign them.",
    "no_proof_next": "Run it where hashlib has OpenSSL; the session is kept."
  }
};
