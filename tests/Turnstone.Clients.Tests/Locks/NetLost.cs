using System.Net;
using System.Net.Http.Json;
using Turnstone.Client;

namespace Turnstone.Clients.Tests.Locks;

/// <summary>What the .NET client does when a write says that its lock was lost.</summary>
internal sealed class NetLost : HttpMessageHandler
{
    private readonly List<string?> keys = [];

    public static async Task<LostReport> MakeAsync() => new(await OnceAsync(), await AlwaysAsync());

    private static async Task<LostOnce> OnceAsync()
    {
        using var server = new NetLost();

        // The key of the sign-in, its tokens, the key of the refresh, its tokens: the answer is had and not saved.
        var store = new LosingStore(4, 4);
        using var session = server.Open(store);
        var first = await session.GetAccessTokenAsync();
        var second = await session.GetAccessTokenAsync(first);
        var locks = store.Locks;
        using var other = server.Open(store);
        var same = (await other.GetAccessTokenAsync()).Value == second.Value;
        return new(server.keys, locks, second.Value, same);
    }

    private static async Task<LostAlways> AlwaysAsync()
    {
        using var server = new NetLost();
        var store = new LosingStore(1, int.MaxValue);
        using var session = server.Open(store);
        var reason = await Assert.ThrowsAnyAsync<SessionException>(() => session.GetAccessTokenAsync());
        return new(reason.GetType().Name, store.Locks, server.keys);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        keys.Add(request.Headers.TryGetValues("Idempotency-Key", out var values) ? values.Single() : null);
        var tokens = new
        {
            authorization = new { token = $"access-{keys.Count}", expires_in = 1000 },
            refresh = new { token = $"refresh-{keys.Count}" },
        };
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(tokens) });
    }

    private TurnstoneSession Open(LosingStore store)
    {
        var options = new SessionOptions
        {
            Server = new Uri("http://tokens.example.test"),
            Contract = Contract.Named("/auth/v2"),
            Handler = this,
            Store = store,
        };
        options.Credentials["username"] = options.Credentials["password"] = "ada";
        options.Credentials["subscription_key"] = "key";
        return new(options);
    }

    /// <summary>Says no to one write, or to all from it on.</summary>
    private sealed class LosingStore(int first, int last) : ISessionStore
    {
        private readonly MemoryStore inner = new();
        private int writes;

        public int Locks { get; private set; }

        public ValueTask<IAsyncDisposable> LockAsync(string session, CancellationToken cancellationToken)
        {
            Locks++;
            return inner.LockAsync(session, cancellationToken);
        }

        public ValueTask<string?> ReadAsync(string session, CancellationToken cancellationToken) =>
            inner.ReadAsync(session, cancellationToken);

        public ValueTask<bool> WriteAsync(
            string session,
            string text,
            string? before,
            CancellationToken cancellationToken
        )
        {
            writes++;
            return writes >= first && writes <= last
                ? ValueTask.FromResult(false)
                : inner.WriteAsync(session, text, before, cancellationToken);
        }
    }
}
