namespace Turnstone.Client;

/// <summary>
/// Where a session lies. A lock may be lost while it is held (a process that slept, a lease that ran out); a write
/// says so by false, and whoever took over sends the same Idempotency-Key.
/// </summary>
public interface ISessionStore
{
    /// <summary>Waits until nobody else works on the session; disposing releases it.</summary>
    ValueTask<IAsyncDisposable> LockAsync(string session, CancellationToken cancellationToken);

    /// <summary>What is stored; null for nothing.</summary>
    ValueTask<string?> ReadAsync(string session, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces what is stored if it still is <paramref name="before"/>, durably before it returns. A crash leaves the
    /// old text or the new one.
    /// </summary>
    ValueTask<bool> WriteAsync(string session, string text, string? before, CancellationToken cancellationToken);
}
