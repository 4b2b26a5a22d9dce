using System.Diagnostics;

namespace Turnstone.Server.Hosting;

/// <summary>
/// The id of a request in error answers and in the log: its trace if traces are sent, otherwise the connection's id and
/// the number of the request.
/// </summary>
internal static class RequestTrace
{
    public static string Of(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
}
