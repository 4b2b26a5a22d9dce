using System.Collections.Frozen;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Turnstone.AspNetCore.Server;

namespace Turnstone.AspNetCore.Keys;

/// <summary>
/// What the issuer publishes: its keys, and its name for this API where none is set. Who needs it waits for one fetch
/// that all share. What was fetched is good for a day in which the issuer is down.
/// </summary>
internal sealed class IssuerKeys(TurnstoneOptions options, IssuerServer server)
    : IConfigurationManager<OpenIdConnectConfiguration>
{
    /// <summary>How long keys are taken after they were last fetched.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(1);

    /// <summary>Who sends tokens of unknown keys makes the issuer be asked no more often than this.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RefreshAfter = TimeSpan.FromHours(1);

    private readonly Lock fetching = new();
    private volatile Published? published;
    private Task? fetch;
    private long? askedAt;

    /// <summary>The identifier of this API; null before it is known.</summary>
    public string? Audience => options.Audience ?? published?.Audience;

    /// <summary>Whether tokens of this key are taken now.</summary>
    public bool Holds(string kid) => Current is { } known && known.Kids.Contains(kid);

    private Published? Current =>
        published is { } known && options.Time.GetElapsedTime(known.At) < Life ? known : null;

    /// <summary>
    /// Returns when it is clear whether there is such a key: at once for one that is known, after a fetch for another,
    /// unless there was one just now.
    /// </summary>
    /// <exception cref="IssuerAwayException">Nothing is known, or for too long.</exception>
    public async ValueTask EnsureAsync(string kid, CancellationToken cancellationToken)
    {
        if (Current is { } known && known.Kids.Contains(kid))
        {
            if (options.Time.GetElapsedTime(known.At) > RefreshAfter)
            {
                _ = FetchShared();
            }

            return;
        }

        await FetchShared().WaitAsync(cancellationToken);
        _ = await NeededAsync(cancellationToken);
    }

    /// <summary>The identifier of this API, which may have to be fetched.</summary>
    public async ValueTask<string> AudienceAsync(CancellationToken cancellationToken) =>
        Audience ?? (await NeededAsync(cancellationToken)).Audience;

    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        (await NeededAsync(cancel)).Configuration;

    // Asked for where it is known what for.
    public void RequestRefresh() { }

    private async ValueTask<Published> NeededAsync(CancellationToken cancellationToken)
    {
        if (Current is null)
        {
            await FetchShared().WaitAsync(cancellationToken);
        }

        return Current ?? throw new IssuerAwayException("The metadata and keys of the issuer cannot be fetched.");
    }

    private Task FetchShared()
    {
        lock (fetching)
        {
            if (fetch is { IsCompleted: false } running)
            {
                return running;
            }

            if (askedAt is { } before && options.Time.GetElapsedTime(before) < Pause)
            {
                return Task.CompletedTask;
            }

            askedAt = options.Time.GetTimestamp();
            return fetch = Task.Run(FetchAsync);
        }
    }

    private async Task FetchAsync()
    {
        try
        {
            var at = options.Time.GetTimestamp();
            var configuration = await server.ConfigurationAsync();
            var audience = options.Audience ?? await server.DefaultAudienceAsync();
            var kids = configuration.SigningKeys.Select(key => key.KeyId).OfType<string>();
            published = new(configuration, kids.ToFrozenSet(StringComparer.Ordinal), audience, at);
        }
        catch (Exception fault) when (IssuerServer.IsAway(fault))
        {
            // What was fetched before is good for a while; who has nothing is told so.
        }
    }

    private sealed record Published(
        OpenIdConnectConfiguration Configuration,
        FrozenSet<string> Kids,
        string Audience,
        long At
    );
}
