using System.Threading.RateLimiting;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Guards;

/// <summary>
/// The API key or subscription key of a request. One that is remembered is proven in memory. Only so many others are
/// asked for at once, and of networks that have guessed too often one.
/// </summary>
internal sealed class KeyCheck(
    DirectKeys keys,
    IApiKeyStore uses,
    RequestLimits limits,
    UnavailableLog log,
    TurnstoneSettings settings,
    TimeProvider time
)
{
    private static readonly Refusal Full = Refusals.Unavailable(TimeSpan.FromSeconds(1));

    private readonly ConcurrencyLimiter asking = ConcurrencyLimit.Of(settings.Limits.RequestsInWork);
    private readonly ConcurrencyLimiter askingForGuessers = ConcurrencyLimit.Of(1);

    public async ValueTask<Outcome<DirectKey>> ApiKeyAsync(HttpContext context, ForwardedCall call, string text)
    {
        var outcome = keys.RecallApiKey(text) is { } known
            ? known
            : await AskAsync("ApiKey", context, call, cancel => keys.ProveApiKeyAsync(text, cancel));
        if (outcome.Value?.ApiKeyId is { } id)
        {
            uses.NoteUse(id, time.GetUtcNow(), call.Caller.Network);
        }

        return outcome;
    }

    public ValueTask<Outcome<DirectKey>> SubscriptionKeyAsync(HttpContext context, ForwardedCall call, string text) =>
        keys.RecallSubscriptionKey(text) is { } known
            ? new(known)
            : AskAsync("SubscriptionKey", context, call, cancel => keys.ProveSubscriptionKeyAsync(text, cancel));

    private async ValueTask<Outcome<DirectKey>> AskAsync(
        string kind,
        HttpContext context,
        ForwardedCall call,
        Func<CancellationToken, ValueTask<Outcome<DirectKey>>> prove
    )
    {
        var tooMany = limits.CheckNetwork(kind, call.Network);
        using var lease = (tooMany is null ? asking : askingForGuessers).AttemptAcquire();
        if (!lease.IsAcquired)
        {
            if (tooMany is null)
            {
                log.RequestsFull(context);
            }

            return tooMany ?? Full;
        }

        var outcome = await prove(context.RequestAborted);
        if (outcome.Refusal is null)
        {
            // The key is proven first: a good client notices nothing of who guesses from the same network.
            return outcome;
        }

        if (tooMany is not null)
        {
            return tooMany;
        }

        limits.Failed(kind, call.Network);
        return outcome;
    }
}
