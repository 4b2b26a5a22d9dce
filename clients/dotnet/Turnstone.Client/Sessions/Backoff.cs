using System.Security.Cryptography;

namespace Turnstone.Client;

/// <summary>Exponential backoff with full jitter; the server's Retry-After is a lower bound.</summary>
internal static class Backoff
{
    private const int FirstMilliseconds = 100;
    private const int LongestMilliseconds = 5_000;

    public static TimeSpan Longest { get; } = TimeSpan.FromMilliseconds(LongestMilliseconds);

    public static TimeSpan Wait(int attempt, TimeSpan? retryAfter)
    {
        var longest = Math.Min(LongestMilliseconds, FirstMilliseconds << Math.Min(attempt, 10));
        var jitter = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(longest) + 1);
        return (retryAfter ?? TimeSpan.Zero) + jitter;
    }

    /// <summary>How long a refresh ahead of need is left alone after one that failed.</summary>
    public static TimeSpan Early() =>
        TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(LongestMilliseconds) + 1);

    /// <summary>
    /// How long nobody signs in after so many refusals in a row, in seconds: at least half of a bound that doubles, so
    /// that nobody asks at once and not all ask together.
    /// </summary>
    public static double SignInPause(int failures) => Math.Min(300, 2 << Math.Min(failures, 9)) * Share();

    /// <summary>A number from 0.5 to 1, so that processes do not refresh at the same moment.</summary>
    public static double Share() => 0.5 + (RandomNumberGenerator.GetInt32(1000) / 2000.0);
}
