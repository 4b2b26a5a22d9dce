using System.Diagnostics;

namespace Turnstone.Server.Hosting;

/// <summary>
/// What a request is called in an error's answer and in the log: its trace where traces are sent, else the connection's
/// name and the request's number on it.
/// </summary>
internal static class RequestTrace
{
    public static string Of(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
}
