using Microsoft.Extensions.Logging;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Postgres;

/// <summary>
/// What API keys have opened lately: this node notes its own, and asks each second what other nodes have opened while
/// keys log in here.
/// </summary>
internal sealed class PostgresLogins : IAsyncDisposable
{
    /// <summary>After this an opening asks by itself.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private readonly Engine engine;
    private readonly TimeProvider time;
    private readonly Background hearing;

    public PostgresLogins(Engine engine, TimeProvider time, ILogger log)
    {
        (this.engine, this.time) = (engine, time);
        hearing = new Background("look for logins through other nodes", Pause, time, log, (_, _) => HearAsync());
    }

    public KnownLogins Known { get; } = new();

    public Task HearAsync()
    {
        var now = time.GetUtcNow();
        return Known.From is null || now - Known.AskedAt > Idle
            ? Task.CompletedTask
            : engine.ReadAsync(
                async db =>
                {
                    await RecentLogins.CatchUpAsync(db, Known, now);
                    return true;
                },
                CancellationToken.None
            );
    }

    public ValueTask DisposeAsync() => hearing.DisposeAsync();
}
