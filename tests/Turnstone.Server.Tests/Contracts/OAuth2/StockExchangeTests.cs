using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>
/// Clients that other people wrote (tests/interop/exchange.mjs): they register themselves (RFC 7591), and exchange a
/// person's token (RFC 8693).
/// </summary>
public sealed class StockExchangeTests
{
    private const string Initial = "an initial access token of the tests";

    [Theory]
    [InlineData("oauth4webapi")]
    [InlineData("openid-client")]
    public async Task A_stock_client_registers_itself_and_another_exchanges_tokens(string library)
    {
        await using var server = await Wire.StartAsync(
            "Turnstone:Clients:Registration=WithToken",
            $"Turnstone:Clients:RegistrationTokens:0={Initial}"
        );
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(
            server,
            key,
            client => client with { GrantTypes = [TokenExchangeGrant.TypeName, "client_credentials"] }
        );
        var (subject, _) = await server.OAuth2Async();
        var task = new JsonObject
        {
            ["library"] = library,
            ["issuer"] = AssertingClient.Issuer,
            ["server"] = server.BaseAddress.GetLeftPart(UriPartial.Authority),
            ["client"] = AssertingClient.Id,
            ["redirect"] = Known.RedirectUri,
            ["initial"] = Initial,
            ["subject"] = subject,
            ["key"] = key.Pem(),
            ["kid"] = key.Kid,
            ["now"] = server.Time.GetUtcNow().ToUnixTimeSeconds(),
        };

        var folder = await Interop.FolderAsync();
        var text = await Interop.ExecuteAsync(folder, "node", ["exchange.mjs"], task.ToJsonString());
        var told = JsonNode.Parse(text)!;

        Assert.True(told["refused"] is null, text);
        var client = await server
            .Services.GetRequiredService<IClientStore>()
            .FindAsync((string)told["registered"]!["client_id"]!, TestContext.Current.CancellationToken);
        Assert.Equal("Stock program", client?.Name);
        Assert.StartsWith(
            "urn:ietf:params:oauth:request_uri:",
            (string?)told["pushed"]!["request_uri"],
            StringComparison.Ordinal
        );

        var (first, plain) = (new JsonWebToken(subject), Token(told, "plain"));
        Assert.Equal(
            (first.Subject, first.GetClaim("sid").Value, AssertingClient.Id),
            (plain.Subject, plain.GetClaim("sid").Value, plain.GetClaim("client_id").Value)
        );
        Assert.False(plain.TryGetPayloadValue<object>("act", out _));
        Assert.Contains(AssertingClient.Id, Token(told, "acting").GetClaim("act").Value, StringComparison.Ordinal);
    }

    private static JsonWebToken Token(JsonNode told, string name) => new((string)told[name]!["access_token"]!);
}
