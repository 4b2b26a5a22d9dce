using Microsoft.Extensions.Primitives;
using Turnstone.Abuse;
using Turnstone.Credentials;
using Turnstone.Server.Dialects.Common;
using Turnstone.Server.Dialects.Common.AuthShapes;

namespace Turnstone.Server.Dialects.AuthV2;

/// <summary>Lets a request in by its subscription key, and leaves the subscription with it for the call to find.</summary>
internal sealed class SubscriptionCheck(SubscriptionGate gate, RequestLimits limits)
{
    /// <summary>The same call, for those who have a key.</summary>
    public Call Before(Call call) => async context =>
    {
        var admission = await gate.AdmitAsync(KeyOf(context.Request), context.RequestAborted);
        if (!admission.Granted(out var subscription, out var refusal))
        {
            return AuthErrors.Refused(TooOften(context) ?? refusal);
        }

        context.Features.Set(subscription);
        return await call(context);
    };

    private Refusal? TooOften(HttpContext http)
    {
        var network = NetworkPrefix.Of(RequestFacts.Caller(http).Network);
        var tooMany = limits.CheckNetwork(network);
        if (tooMany is null)
        {
            limits.Failed(network);
        }

        return tooMany;
    }

    /// <summary>The key from wherever clients of this contract put it; null where there is none, or two that differ, of which neither is meant.</summary>
    private static string? KeyOf(HttpRequest request)
    {
        string? found = null;
        return Agree(request.Headers["Subscription-Key"], ref found)
            && Agree(request.Headers["Ocp-Apim-Subscription-Key"], ref found)
            && (!request.QueryString.HasValue || Agree(request.Query["subscription-key"], ref found)) ? found : null;
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
