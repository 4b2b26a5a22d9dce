using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Guards;

/// <summary>What a guard asks the feed.</summary>
internal static class FeedCalls
{
    public const string GuardId = "guard";
    public const string GuardSecret = "the secret of the guard, long enough";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Registers a client that may ask what tokens are good for.</summary>
    public static Task AddGuardAsync(this TurnstoneServer server) =>
        server
            .Of<Clients>()
            .CreateAsync(
                new Client
                {
                    Id = GuardId,
                    Name = GuardId,
                    MayIntrospect = true,
                    CreatedAt = default,
                },
                GuardSecret,
                Caller.Operator,
                Cancel
            );

    public static Task<HttpResponseMessage> FeedAsync(
        this TurnstoneServer server,
        string accept = "text/event-stream",
        string? lastId = null,
        string? tag = null,
        string client = GuardId,
        string secret = GuardSecret
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/feed/revocations");
        request.Headers.Accept.ParseAdd(accept);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(
                Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(client)}:{Uri.EscapeDataString(secret)}")
            )
        );
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        if (tag is not null)
        {
            request.Headers.IfNoneMatch.ParseAdd(tag);
        }

        return server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    /// <summary>What a new connection tells until it says that nothing is missing.</summary>
    public static async Task<byte[]> UntilCurrentAsync(this TurnstoneServer server, string? lastId)
    {
        using var answer = await server.FeedAsync(lastId: lastId);
        Assert.Equal(200, (int)answer.StatusCode);
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancel);
        return await UntilCurrentAsync(stream);
    }

    public static async Task<byte[]> UntilCurrentAsync(this Stream stream)
    {
        // No event of that name is longer.
        const int Longest = 256;
        var (read, buffer) = (new MemoryStream(), new byte[4096]);
        while (true)
        {
            var count = await stream.ReadAsync(buffer, Cancel);
            Assert.NotEqual(0, count);
            read.Write(buffer, 0, count);
            var fresh = read.GetBuffer().AsSpan(0, (int)read.Length)[Math.Max(0, (int)read.Length - count - Longest)..];
            var current = fresh.LastIndexOf("event: current\n"u8);
            if (current >= 0 && fresh[current..].IndexOf("\n\n"u8) >= 0)
            {
                return read.ToArray();
            }
        }
    }
}
