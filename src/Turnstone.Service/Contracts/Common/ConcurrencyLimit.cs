using System.Threading.RateLimiting;

namespace Turnstone.Server.Contracts.Common;

/// <summary>The framework's concurrency limiter without its queue: there is a place at once, or a refusal.</summary>
internal static class ConcurrencyLimit
{
    public static ConcurrencyLimiter Of(int most) => new(new() { PermitLimit = most, QueueLimit = 0 });
}
