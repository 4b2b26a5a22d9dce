using Turnstone.Model;

namespace Turnstone.Server.Accounts;

/// <summary>The caller that Identity's stores act for: the current request, or an operator's command.</summary>
public sealed class CurrentCaller(IHttpContextAccessor accessor)
{
    public Caller Current =>
        accessor.HttpContext is { } context
            ? Caller.Of(context.Connection.RemoteIpAddress?.ToString(), context.Request.Headers.UserAgent.ToString())
            : Caller.Operator;
}
