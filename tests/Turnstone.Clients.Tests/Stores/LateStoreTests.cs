using Turnstone.Client;

namespace Turnstone.Clients.Tests.Stores;

/// <summary>
/// A store may give no answer in time. Only where the lock was not had is another process at work; a read or a write
/// that takes too long is a fault of the store.
/// </summary>
public sealed class LateStoreTests
{
    public static TheoryData<string> Clients => new("dotnet", "python", "typescript");

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Only_a_lock_that_was_not_had_tells_of_another_process(string client)
    {
        var said = client switch
        {
            "python" => await Script.RunAsync<Dictionary<string, string>>("python3", "Stores/late.py"),
            "typescript" => await Script.RunAsync<Dictionary<string, string>>("node", "Stores/late.mjs"),
            _ => await NetAsync(),
        };
        Assert.Equal(["ServerUnavailable", "SessionStore", "SessionStore"], Kinds(said, "lock", "read", "write"));
    }

    private static IEnumerable<string> Kinds(Dictionary<string, string> said, params IEnumerable<string> methods) =>
        methods.Select(method => said[method].Replace("Exception", "Error", StringComparison.Ordinal)[..^5]);

    private static async Task<Dictionary<string, string>> NetAsync()
    {
        var said = new Dictionary<string, string>();
        foreach (var method in (string[])["lock", "read", "write"])
        {
            var options = new SessionOptions
            {
                Server = new Uri("http://tokens.example.test"),
                Contract = Contract.Named("/auth/v2"),
                Store = new LateStore(method),
                Patience = TimeSpan.FromMilliseconds(100),
            };
            options.Credentials["username"] = options.Credentials["password"] = "ada";
            options.Credentials["subscription_key"] = "key";
            using var session = new TurnstoneSession(options);
            said[method] = (await Assert.ThrowsAnyAsync<SessionException>(() => session.GetAccessTokenAsync()))
                .GetType()
                .Name;
        }

        return said;
    }

    /// <summary>Gives no answer in time to one of the three methods.</summary>
    private sealed class LateStore(string late) : ISessionStore
    {
        private readonly MemoryStore inner = new();

        public async ValueTask<IAsyncDisposable> LockAsync(string session, CancellationToken cancellationToken)
        {
            if (late == "lock")
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            return await inner.LockAsync(session, cancellationToken);
        }

        public ValueTask<string?> ReadAsync(string session, CancellationToken cancellationToken) =>
            late == "read" ? throw new TimeoutException() : inner.ReadAsync(session, cancellationToken);

        public ValueTask<bool> WriteAsync(
            string session,
            string text,
            string? before,
            CancellationToken cancellationToken
        ) =>
            late == "write" ? throw new TimeoutException() : inner.WriteAsync(session, text, before, cancellationToken);
    }
}
