namespace Turnstone.Clients.Tests.Locks;

/// <summary>What a client did when its lock was lost.</summary>
internal sealed record LostReport(LostOnce Once, LostAlways Always);

/// <param name="Keys">The Idempotency-Key of each request.</param>
/// <param name="Locks">How often it took the lock.</param>
/// <param name="Token">What it gave at last.</param>
/// <param name="Same">Whether another session on the same store gives the same.</param>
internal sealed record LostOnce(IReadOnlyList<string?> Keys, int Locks, string Token, bool Same);

/// <param name="Error">What it said, by its kind.</param>
/// <param name="Locks">How often it took the lock.</param>
/// <param name="Keys">The Idempotency-Key of each request.</param>
internal sealed record LostAlways(string Error, int Locks, IReadOnlyList<string?> Keys);
