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
        var admission = await gate.AdmitAsync(KeyOf(http.Request), http.RequestAborted);
        if (!admission.Granted(out var subscription, out var refusal))
        {
            return AuthErrors.Refused(TooOften(http) ?? refusal);
        }

        http.Features.Set(subscription);
        return await next(context);
    }

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
        string?[] keys =
        [
            .. request.Headers["Subscription-Key"],
            .. request.Headers["Ocp-Apim-Subscription-Key"],
            .. request.Query["subscription-key"],
        ];
        return keys.Where(key => !string.IsNullOrEmpty(key)).Distinct(StringComparer.Ordinal).ToArray() is [var one] ? one : null;
    }
}
