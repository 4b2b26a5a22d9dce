using Turnstone.Directory.Trust;

namespace Turnstone.Server.Portal.Trust;

/// <summary>How a program of each world gets its assertion and a token for it, to be copied.</summary>
public static class TrustSnippet
{
    private const string Iam = "https://iamcredentials.googleapis.com/v1";

    public static string Of(TrustRule rule, string tokenUrl)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return rule.World.Name switch
        {
            "github" => $$"""
                permissions:
                  id-token: write
                steps:
                  - run: |
                      ASSERTION=$(curl -sS -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
                        "$ACTIONS_ID_TOKEN_REQUEST_URL&audience={{Uri.EscapeDataString(rule.Audience)}}" | jq -r .value)
                {{Indented(Exchange(rule, tokenUrl), 6)}}
                """,
            "gitlab" => $$"""
                job:
                  id_tokens:
                    ASSERTION:
                      aud: {{rule.Audience}}
                  script:
                    - |
                {{Indented(Exchange(rule, tokenUrl), 6)}}
                """,
            var world => $"{AssertionOf(world, rule)}\n{Exchange(rule, tokenUrl)}",
        };
    }

    private static string AssertionOf(string world, TrustRule rule)
    {
        var audience = Uri.EscapeDataString(rule.Audience);
        return world switch
        {
            "kubernetes" => KubernetesOf(rule),
            "spiffe" => $"ASSERTION=$(spire-agent api fetch jwt -audience '{rule.Audience}' -output json \\\n"
                + "  | jq -r '.[0].svids[0].svid')",
            "aws" => $"ASSERTION=$(aws sts get-web-identity-token --audience '{rule.Audience}' \\\n"
                + "  --signing-algorithm RS256 --duration-seconds 300 --query WebIdentityToken --output text)",
            "azure" => "ASSERTION=$(curl -sS -H Metadata:true \\\n"
                + "  'http://169.254.169.254/metadata/identity/oauth2/token"
                + $"?api-version=2018-02-01&bypass_cache=true&resource={audience}' | jq -r .access_token)",
            "google" => GoogleOf(rule),
            _ => "ASSERTION=…",
        };
    }

    // The metadata server hands out the same token for an hour; the IAM API signs a new one each time.
    private static string GoogleOf(TrustRule rule) =>
        $$"""
            ACCESS=$(curl -sS -H Metadata-Flavor:Google \
              http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token \
              | jq -r .access_token)
            ASSERTION=$(curl -sS -H "Authorization: Bearer $ACCESS" -H 'Content-Type: application/json' \
              -d '{"audience":"{{rule.Audience}}"}' \
              '{{Iam}}/projects/-/serviceAccounts/{{SubjectOf(rule)}}:generateIdToken' \
              | jq -r .token)
            """;

    private static string SubjectOf(TrustRule rule) =>
        rule.Conditions.FirstOrDefault(condition => condition.Name == "sub")?.Value ?? "";

    private static string KubernetesOf(TrustRule rule)
    {
        return SubjectOf(rule).Split(':') is [_, _, var space, var account]
            ? $"ASSERTION=$(kubectl create token '{account}' --namespace '{space}' \\\n"
                + $"  --audience '{rule.Audience}' --duration 10m)"
            : "ASSERTION=…";
    }

    private static string Exchange(TrustRule rule, string tokenUrl) =>
        $"""
            curl -sS {tokenUrl} -d client_id={Uri.EscapeDataString(rule.ClientId)} \
              -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer --data-urlencode "assertion=$ASSERTION"
            """;

    private static string Indented(string text, int by) =>
        string.Join('\n', text.Split('\n').Select(line => new string(' ', by) + line));
}
