using System.Net;
using System.Net.Http.Json;

namespace Turnstone.Clients.Tests.Stores;

/// <summary>Gives tokens and counts: here only the store is under test.</summary>
internal sealed class CountingServer : HttpMessageHandler
{
    private int signIns;
    private int refreshes;

    public int SignIns => signIns;

    public int Refreshes => refreshes;

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var isRefresh = request.RequestUri!.AbsolutePath.EndsWith("refresh", StringComparison.Ordinal);
        var number = isRefresh ? Interlocked.Increment(ref refreshes) : Interlocked.Increment(ref signIns) - 1;
        var tokens = new
        {
            authorization = new { token = $"access-{number}", expires_in = 3600 },
            refresh = new { token = $"refresh-{number}" },
        };
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(tokens) });
    }
}
