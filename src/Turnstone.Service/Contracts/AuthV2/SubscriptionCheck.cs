using System.Threading.RateLimiting;
using Microsoft.Extensions.Primitives;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Contracts.AuthV2;

/// <summary>
/// Lets a request in by its subscription key, and leaves the subscription with it for the call to find. Only so many
/// keys are asked for at once, and of networks that were refused too often one: whoever floods with guesses keeps
/// neither the store busy nor others waiting.
/// </summary>
internal sealed class SubscriptionCheck(
    SubscriptionGate gate,
    RequestLimits limits,
    UnavailableLog log,
    TurnstoneSettings settings
)
{
    private const string Kind = "SubscriptionKey";

    private static readonly Refusal Full = Refusals.Unavailable(TimeSpan.FromSeconds(1));

    private readonly ConcurrencyLimiter asking = ConcurrencyLimit.Of(settings.Limits.RequestsInWork);
    private readonly ConcurrencyLimiter askingForGuessers = ConcurrencyLimit.Of(1);

    /// <summary>The same call, for those who have a key.</summary>
    public Call Before(Call call) =>
        async context =>
        {
            var key = KeyOf(context.Request);
            if (gate.Recall(key) is not { } subscription)
            {
                var admission = await AskAsync(key, context);
                if (!admission.Granted(out subscription, out var refusal))
                {
                    return AuthErrors.Refused(refusal);
                }
            }

            context.Features.Set(subscription);
            return await call(context);
        };

    private async ValueTask<Outcome<Subscription>> AskAsync(string? key, HttpContext http)
    {
        var network = NetworkPrefix.Of(RequestFacts.Caller(http).Network);
        var tooMany = limits.CheckNetwork(Kind, network);
        using var lease = (tooMany is null ? asking : askingForGuessers).AttemptAcquire();
        if (!lease.IsAcquired)
        {
            if (tooMany is null)
            {
                log.RequestsFull(http);
            }

            return tooMany ?? Full;
        }

        var admission = await gate.AdmitAsync(key, http.RequestAborted);
        // A request without a key guesses at nothing.
        if (tooMany is null && key is not null && admission.Refusal is not null)
        {
            limits.Failed(Kind, network);
        }

        // The key is proven first: a good client notices nothing of who guesses from the same network.
        return admission.Refusal is null ? admission : tooMany ?? admission;
    }

    /// <summary>
    /// The key from wherever clients of this contract put it; null where there is none, or two that differ, of which
    /// neither is meant.
    /// </summary>
    private static string? KeyOf(HttpRequest request)
    {
        string? found = null;
        return
            Agree(request.Headers["Subscription-Key"], ref found)
            && Agree(request.Headers["Ocp-Apim-Subscription-Key"], ref found)
            && (!request.QueryString.HasValue || Agree(request.Query["subscription-key"], ref found))
            ? found
            : null;
    }

    private static bool Agree(StringValues keys, ref string? found)
    {
        foreach (var key in keys)
        {
            if (!string.IsNullOrEmpty(key) && (found ??= key) != key)
            {
                return false;
            }
        }

        return true;
    }
}
