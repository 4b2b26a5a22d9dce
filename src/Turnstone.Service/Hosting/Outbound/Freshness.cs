namespace Turnstone.Server.Hosting.Outbound;

/// <summary>
/// For how long a document may be remembered (RFC 9111 §4.2), within bounds: long enough that nobody makes the server
/// fetch one document again and again, and short enough that a key that was withdrawn is not taken for long.
/// </summary>
internal static class Freshness
{
    public static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan Most = TimeSpan.FromHours(1);

    /// <summary>Where the headers do not say.</summary>
    public static readonly TimeSpan Unsaid = TimeSpan.FromMinutes(5);

    /// <summary>Of what could not be fetched or read.</summary>
    public static readonly TimeSpan OfFault = TimeSpan.FromSeconds(30);

    public static TimeSpan Of(HttpResponseMessage answer)
    {
        var age = answer.Headers.Age is { } said && said > TimeSpan.Zero ? said : TimeSpan.Zero;
        var left = Life(answer) - age;
        return left < Least ? Least
            : left > Most ? Most
            : left;
    }

    private static TimeSpan Life(HttpResponseMessage answer)
    {
        var control = answer.Headers.CacheControl;
        return control is { NoStore: true } or { NoCache: true } ? TimeSpan.Zero
            : control?.MaxAge is { } age ? age
            : !answer.Content.Headers.Contains("Expires") ? Unsaid
            // One that cannot be read has passed (RFC 9111 §5.3).
            : (answer.Content.Headers.Expires - answer.Headers.Date) ?? TimeSpan.Zero;
    }
}
