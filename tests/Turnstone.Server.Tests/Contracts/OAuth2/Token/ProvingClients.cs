using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

/// <summary>How a client shows who it is.</summary>
internal enum ProvingWay
{
    Header,
    Body,
    SignedJwt,
    Nothing,
}

/// <summary>Clients that may use every grant, one for each way of proving itself.</summary>
internal sealed class ProvingClients : IDisposable
{
    private const string Open = "open";

    private readonly TurnstoneServer server;
    private readonly ClientKey key = ClientKey.Ec();

    private ProvingClients(TurnstoneServer server) => this.server = server;

    public static async Task<ProvingClients> AddAsync(TurnstoneServer server)
    {
        string[] all = [.. server.Services.GetRequiredService<GrantTypes>().Names];
        var added = new ProvingClients(server);
        await OwnClient.AddAsync(server, client => client with { GrantTypes = all, MayIntrospect = true });
        await AssertingClient.AddAsync(
            server,
            added.key,
            client => client with { GrantTypes = all, MayIntrospect = true }
        );
        var open = new Client
        {
            Id = Open,
            Name = Open,
            Public = true,
            RedirectUris = [Known.RedirectUri],
            GrantTypes = all,
            CreatedAt = default,
        };
        Assert.NotNull(
            await server
                .Services.GetRequiredService<Clients>()
                .CreateAsync(open, givenSecret: null, Caller.Operator, TestContext.Current.CancellationToken)
        );
        return added;
    }

    /// <summary>What proves the client beside a form that has this parameter already.</summary>
    public (string Form, (string Name, string Value)[] Headers) Proof(ProvingWay way, string beside)
    {
        (string Name, string Text)[] sent = way switch
        {
            ProvingWay.Body => [("client_id", OwnClient.Id), ("client_secret", OwnClient.Secret)],
            ProvingWay.SignedJwt =>
            [
                ("client_assertion_type", Turnstone.Tokens.ClientAssertion.Type),
                ("client_assertion", key.Sign(AssertingClient.Claims(server))),
            ],
            ProvingWay.Nothing => [("client_id", Open)],
            _ => [],
        };
        return (
            string.Concat(
                sent.Where(pair => pair.Name != beside)
                    .Select(pair => $"&{pair.Name}={Uri.EscapeDataString(pair.Text)}")
            ),
            way is ProvingWay.Header ? [OwnClient.Basic] : []
        );
    }

    public void Dispose() => key.Dispose();
}
