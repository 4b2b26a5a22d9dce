using Turnstone.Limits;

namespace Turnstone.Server.Hosting.Outbound;

/// <summary>How much is fetched, and how much of it remembered.</summary>
/// <param name="Documents">The most that are remembered, of 64 KiB each.</param>
/// <param name="AtOnce">The most that are being fetched.</param>
/// <param name="AtOncePerPayer">The most that are being fetched for one payer.</param>
/// <param name="PerPayer">How many are fetched for one payer in a time.</param>
public sealed record FetchBounds(int Documents, int AtOnce, int AtOncePerPayer, RateLimit PerPayer)
{
    /// <summary>For addresses that were registered; the payer is an account or a client.</summary>
    public static FetchBounds Registered { get; } = new(500, 64, 8, new(120, TimeSpan.FromMinutes(1)));

    /// <summary>For addresses that anybody has sent; the payer is a network.</summary>
    public static FetchBounds Strangers { get; } = new(500, 64, 4, new(60, TimeSpan.FromMinutes(1)));
}

/// <summary>The bounds of both kinds.</summary>
public sealed record ForeignDocumentBounds(FetchBounds Registered, FetchBounds Strangers)
{
    public static ForeignDocumentBounds Usual { get; } = new(FetchBounds.Registered, FetchBounds.Strangers);
}
