using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>An agent that exchanges tokens (RFC 8693), and the calls as it makes them.</summary>
internal static class Exchanging
{
    public const string Agent = OwnClient.Id;

    public static async Task AddAsync(TurnstoneServer server, Func<Client, Client>? differently = null) =>
        await OwnClient.AddAsync(
            server,
            client =>
            {
                var agent = client with
                {
                    Name = "ACME Agent",
                    GrantTypes = [TokenExchangeGrant.TypeName, "client_credentials"],
                };
                return differently?.Invoke(agent) ?? agent;
            }
        );

    /// <summary>Lets one of the known clients exchange too.</summary>
    public static async Task AllowAsync(TurnstoneServer server, string client) =>
        Assert.NotNull(
            await server
                .Services.GetRequiredService<Clients>()
                .ChangeAsync(
                    client,
                    known => known with { GrantTypes = [.. known.GrantTypes, TokenExchangeGrant.TypeName] },
                    "may exchange",
                    Caller.Operator,
                    TestContext.Current.CancellationToken
                )
        );

    public static Task<HttpResponseMessage> ExchangeAsync(
        this TurnstoneServer server,
        string subject,
        string more = "",
        (string Name, string Value)? client = null
    ) =>
        server.FormAsync(
            "/oauth2/token",
            $"grant_type={Uri.EscapeDataString(TokenExchangeGrant.TypeName)}&subject_token={subject}"
                + $"&subject_token_type={Uri.EscapeDataString(TokenTypes.AccessToken)}{more}",
            client ?? OwnClient.Basic
        );

    public static Task<string> ExchangedAsync(
        this TurnstoneServer server,
        string subject,
        string more = "",
        (string Name, string Value)? client = null
    ) => server.ExchangeAsync(subject, more, client).MemberAsync("access_token");

    /// <summary>The token of a program itself.</summary>
    public static Task<string> OwnTokenAsync(this TurnstoneServer server, (string Name, string Value)? client = null) =>
        server
            .FormAsync("/oauth2/token", "grant_type=client_credentials", client ?? OwnClient.Basic)
            .MemberAsync("access_token");

    public static string ActsBy(string token) =>
        $"&actor_token={token}&actor_token_type={Uri.EscapeDataString(TokenTypes.AccessToken)}";
}
