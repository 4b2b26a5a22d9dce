using Turnstone.Abuse;
using Turnstone.Credentials;
using Turnstone.Server.Dialects.Common;
using Turnstone.Server.Dialects.Common.AuthShapes;

namespace Turnstone.Server.Dialects.AuthV2;

/// <summary>Lets a request in by its subscription key, and leaves the subscription with it for the call to find.</summary>
internal sealed class SubscriptionCheck(SubscriptionGate gate, RequestLimits limits) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var network = NetworkPrefix.Of(RequestFacts.Caller(http).Network);
        if (limits.CheckNetwork(network) is { } tooMany)
        {
            return AuthErrors.Refused(tooMany);
        }

        var admission = await gate.AdmitAsync(KeyOf(http.Request), http.RequestAborted);
        if (!admission.Granted(out var subscription, out var refusal))
        {
            limits.Failed(network);
            return AuthErrors.Refused(refusal);
        }

        http.Features.Set(subscription);
        return await next(context);
    }

    /// <summary>The key from wherever clients of this contract put it; null where there is none, or two that differ, of which neither is meant.</summary>
    private static string? KeyOf(HttpRequest request)
    {
        string?[] keys =
        [
            .. request.Headers["Subscription-Key"],
            .. request.Headers["Ocp-Apim-Subscription-Key"],
            .. request.Query["subscription-key"],
        ];
        return keys.Where(key => !string.IsNullOrEmpty(key)).Distinct(StringComparer.Ordinal).ToArray() is [var one] ? one : null;
    }
}
