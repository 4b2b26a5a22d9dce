// An API with net/http. go get github.com/coreos/go-oidc/v3
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

type caller struct{ Scope, Product string }

func main() {
	// Finds the keys, and checks `iss`, `aud` and `exp`.
	provider, err := oidc.NewProvider(context.Background(), os.Getenv("TURNSTONE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	verifier := provider.Verifier(&oidc.Config{
		ClientID:             os.Getenv("TURNSTONE_AUDIENCE"),
		SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256},
	})
	needs := func(scope string, next func(http.ResponseWriter, caller)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			var claims caller
			token, err := verifier.Verify(r.Context(), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
			if err != nil || token.Claims(&claims) != nil {
				w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
				http.Error(w, "The token is not valid.", http.StatusUnauthorized)
			} else if !strings.Contains(" "+claims.Scope+" ", " "+scope+" ") {
				http.Error(w, "The token lacks the scope "+scope+".", http.StatusForbidden)
			} else {
				next(w, claims)
			}
		}
	}
	http.HandleFunc("/individuals", needs("individuals.read", func(w http.ResponseWriter, from caller) {
		json.NewEncoder(w).Encode(map[string]string{"product": from.Product})
	}))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
