using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Guards;

/// <summary>What a proxy asks of the server under test.</summary>
internal static class GuardCalls
{
    public const string Api = "https://api.example.test";

    /// <summary>A server with this machine as a trusted proxy.</summary>
    public static Task<TurnstoneServer> StartAsync(TurnstoneServer? beside = null, params string[] settings) =>
        PortalServer.StartAsync(
            ["Turnstone:Proxies:Trusted:0=127.0.0.1", $"Turnstone:Audience={Api}", .. settings],
            beside: beside
        );

    public static async Task<HttpResponseMessage> GuardAsync(
        this TurnstoneServer server,
        string query = "",
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/forward-auth{query}");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<int> StatusAsync(
        this TurnstoneServer server,
        string query = "",
        params (string Name, string Value)[] headers
    )
    {
        using var answer = await server.GuardAsync(query, headers);
        return (int)answer.StatusCode;
    }

    public static string Told(this HttpResponseMessage answer, string name) =>
        answer.Headers.GetValues($"Turnstone-{name}").Single();
}
