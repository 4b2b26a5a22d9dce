namespace Turnstone.Server.Accounts;

/// <summary>Who Identity's stores act for: the request under way, or else an operator's command.</summary>
public sealed class CurrentCaller(IHttpContextAccessor accessor)
{
    public Caller Current
    {
        get
        {
            if (accessor.HttpContext is not { } context)
            {
                return Caller.Operator;
            }

            var agent = context.Request.Headers.UserAgent.ToString();
            return new Caller(
                context.Connection.RemoteIpAddress?.ToString() ?? "unknown",
                agent.Length == 0 ? null : agent[..Math.Min(agent.Length, Caller.LongestUserAgent)]);
        }
    }
}
