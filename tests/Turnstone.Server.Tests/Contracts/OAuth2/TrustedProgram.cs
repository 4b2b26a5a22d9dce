using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory.Trust;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Testing;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>A job that another issuer vouches for, the rule that trusts it, and its calls.</summary>
internal static class TrustedProgram
{
    public const string Issuer = "https://token.actions.githubusercontent.com";
    public const string Audience = "https://id.example.test";

    public static TrustRule Rule(ClientKey? key, string client = OwnClient.Id, string issuer = Issuer)
    {
        VerificationKeys? keys = null;
        Assert.True(key is null || VerificationKeys.TryRead(ClientKey.Set(key), out keys, out _));
        return new()
        {
            Id = RandomSource.System.NewId(TurnstoneServer.Start),
            ClientId = client,
            Issuer = issuer,
            Audience = Audience,
            Conditions = [new("repository", "acme/batch"), new("ref", "refs/heads/*")],
            Keys = keys,
            CreatedAt = TurnstoneServer.Start,
        };
    }

    public static async Task TrustAsync(TurnstoneServer server, TrustRule rule) =>
        Assert.True(
            (
                await server
                    .Services.GetRequiredService<ITrustStore>()
                    .AddAsync(
                        rule,
                        new AuditEntry
                        {
                            Event = AuditEvent.ClientChanged,
                            At = TurnstoneServer.Start,
                            Caller = Caller.Operator,
                        },
                        TestContext.Current.CancellationToken
                    )
            ).IsCommitted
        );

    /// <summary>What the issuer says of the job.</summary>
    public static JsonObject Claims(TurnstoneServer server, string issuer = Issuer)
    {
        var now = server.Time.GetUtcNow().ToUnixTimeSeconds();
        return new()
        {
            ["iss"] = issuer,
            ["sub"] = "repo:acme/batch:ref:refs/heads/main",
            ["aud"] = Audience,
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 900,
            ["jti"] = Convert.ToHexStringLower(RandomSource.System.Bytes(16)),
            ["repository"] = "acme/batch",
            ["ref"] = "refs/heads/main",
            ["run_attempt"] = 1,
            ["nested"] = new JsonObject { ["a"] = "b" },
        };
    }

    public static Task<HttpResponseMessage> AskAsync(
        this TurnstoneServer server,
        string assertion,
        string more = "",
        string client = OwnClient.Id,
        params (string Name, string Value)[] headers
    ) =>
        server.FormAsync(
            "/oauth2/token",
            $"grant_type={Uri.EscapeDataString(JwtBearerGrant.TypeName)}&client_id={client}"
                + $"&assertion={assertion}{more}",
            headers
        );
}
