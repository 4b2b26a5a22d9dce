using System.Collections.Concurrent;
using System.Diagnostics;

namespace Turnstone.Client;

/// <summary>Sessions of one process, gone with it.</summary>
public sealed class MemoryStore : ISessionStore
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> locks = new();

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly ConcurrentDictionary<string, string> texts = new();

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> LockAsync(string session, CancellationToken cancellationToken)
    {
        var one = locks.GetOrAdd(session, _ => new SemaphoreSlim(1));
        await one.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Release(() =>
        {
            one.Release();
            return ValueTask.CompletedTask;
        });
    }

    /// <inheritdoc/>
    public ValueTask<string?> ReadAsync(string session, CancellationToken cancellationToken) =>
        ValueTask.FromResult(texts.GetValueOrDefault(session));

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(
        string session,
        string text,
        string? before,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(before is null ? texts.TryAdd(session, text) : texts.TryUpdate(session, text, before));
}
