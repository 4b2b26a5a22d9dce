using System.Net;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>Guesses that prove nobody cannot fill the audit log: they are counted, and none is left out.</summary>
public sealed class RefusalFloodTests
{
    private const int Guesses = 40;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wrong_keys_of_one_network_and_minute_are_one_entry_at_once_and_one_with_their_number()
    {
        await using var server = await PortalServer.StartAsync();
        for (var i = 0; i < Guesses; i++)
        {
            using var refused = await server.Http.LoginV3Async($"a key that nobody has {i}");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        Assert.Equal(["ApiKey", $"ApiKey: {Guesses - 1} more in this minute"], await DetailsAsync(server));
    }

    [Fact]
    public async Task Wrong_client_secrets_are_counted_likewise()
    {
        await using var server = await PortalServer.StartAsync();
        for (var i = 0; i < Guesses; i++)
        {
            using var refused = await server.FormAsync(
                "/oauth2/token",
                "grant_type=client_credentials",
                Wire.Basic(Known.ClientId, $"guess {i}")
            );
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        Assert.Equal(["Client", $"Client: {Guesses - 1} more in this minute"], await DetailsAsync(server));
    }

    [Fact]
    public async Task Wrong_passwords_at_the_portal_are_counted_likewise_and_a_single_one_is_seen_at_once()
    {
        await using var server = await PortalServer.StartAsync();
        await GuessAsync(server, 0);
        Assert.Equal(["Password"], await DetailsAsync(server));

        for (var i = 1; i < 5; i++)
        {
            await GuessAsync(server, i);
        }

        Assert.Equal(["Password", "Password: 4 more in this minute"], await DetailsAsync(server));
    }

    private static async Task GuessAsync(TurnstoneServer server, int number)
    {
        using var visitor = new Visitor(server);
        using var refused = await visitor.SendAsync(
            "/portal/sign-in",
            form: null,
            ("Email", $"nobody{number}@example.test"),
            ("Password", "a guess at a password")
        );
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
    }

    private static async Task<IEnumerable<string?>> DetailsAsync(TurnstoneServer server) =>
        (await server.Of<IAuditLog>().ReadAsync(new AuditQuery { Event = AuditEvent.LoginFailed }, Cancel))
            .Select(entry => entry.Detail)
            .Order(StringComparer.Ordinal);
}
