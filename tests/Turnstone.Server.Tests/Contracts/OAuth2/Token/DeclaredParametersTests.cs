using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Grants;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

/// <summary>
/// Rows made from what grants and endpoints declare, for each way of proving a client: whatever is missing, repeated,
/// too long or of another form is named (RFC 6749 §5.2), and said how to send.
/// </summary>
public sealed class DeclaredParametersTests
{
    [Fact]
    public async Task What_is_wrong_with_a_parameter_is_named_at_every_endpoint_and_to_every_client()
    {
        await using var server = await Wire.StartAsync();
        using var clients = await ProvingClients.AddAsync(server);
        DeclaredRow[] rows =
        [
            .. from endpoint in DeclaredEndpoint.All(server.Services.GetRequiredService<GrantTypes>().All)
            from way in Enum.GetValues<ProvingWay>()
            where endpoint.Takes(way)
            from row in endpoint.Rows(way)
            select row,
        ];

        foreach (var row in rows)
        {
            await CheckAsync(server, clients, row);
        }

        // A declaration that is lost takes its rows along.
        Assert.True(rows.Length >= 1_100, $"{rows.Length} rows");
    }

    [Fact]
    public async Task What_nobody_has_declared_is_ignored_however_often_it_comes()
    {
        await using var server = await Wire.StartAsync();
        await OwnClient.AddAsync(server, client => client);

        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=client_credentials&future=1&future=2&big={new string('a', 9_000)}",
            OwnClient.Basic
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task CheckAsync(TurnstoneServer server, ProvingClients clients, DeclaredRow row)
    {
        var (proof, headers) = clients.Proof(row.Way, beside: row.Flawed);
        var form = string.Join('&', row.Form.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Text)}"));
        using var answer = await server.FormAsync(row.Path, form + proof, headers);
        var body = await answer.BodyAsync();
        var (error, told) = ((string?)body["error"], (string?)body["error_description"]);

        Assert.True(
            (answer.StatusCode, error) == (row.Status, "invalid_request")
                && told!.StartsWith(row.Sentence, StringComparison.Ordinal)
                && told.Contains(". Send ", StringComparison.Ordinal),
            $"{row.Path} by {row.Way}, {row.Sentence}: {(int)answer.StatusCode} {error} {told}"
        );
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }
}
