using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>A server whose client may introspect, and its questions.</summary>
internal static class IntrospectCalls
{
    public static (string Name, string Value) OwnBasic => OwnClient.Basic;

    public static async Task<TurnstoneServer> StartAsync(
        Func<Client, Client>? differently = null,
        params string[] settings
    )
    {
        var server = await Wire.StartAsync(settings);
        await OwnClient.AddAsync(
            server,
            client => (differently?.Invoke(client) ?? client) with { MayIntrospect = true }
        );
        return server;
    }

    public static Task<HttpResponseMessage> AskAsync(
        TurnstoneServer server,
        string token,
        params (string Name, string Value)[] headers
    ) =>
        server.FormAsync(
            "/oauth2/introspect",
            $"token={Uri.EscapeDataString(token)}",
            headers.Length == 0 ? [OwnBasic] : headers
        );

    public static Task IsInactiveAsync(HttpResponseMessage answer) =>
        Golden.CheckAsync(answer, "introspect-inactive-200");

    public static async Task AllowAsync(TurnstoneServer server, string client) =>
        Assert.NotNull(
            await server
                .Services.GetRequiredService<Clients>()
                .ChangeAsync(
                    client,
                    known => known with { MayIntrospect = true },
                    "may ask",
                    Caller.Operator,
                    TestContext.Current.CancellationToken
                )
        );
}
