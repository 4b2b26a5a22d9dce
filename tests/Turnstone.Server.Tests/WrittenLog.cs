using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Turnstone.Directory;

namespace Turnstone.Server.Tests;

/// <summary>
/// Keeps every line that a server logs, with the values and exceptions behind it, to be searched for secrets.
/// </summary>
public sealed partial class WrittenLog : ILoggerProvider
{
    private static readonly string[] KnownSecrets =
    [
        Known.Password,
        Known.SubscriptionKey,
        Known.SecondaryKey,
        Known.InactiveSubscriptionKey,
        Known.OtherSubscriptionKey,
        Known.ApiKey,
        Known.ClientSecret,
        Known.OtherClientSecret,
    ];

    private readonly ConcurrentQueue<string> lines = new();

    public IReadOnlyCollection<string> Lines => lines;

    public ILogger CreateLogger(string categoryName) => new Pen(categoryName, lines);

    /// <summary>No line holds a known secret, or anything of the shape of a token, key or code of ours.</summary>
    public void AssertNoSecret()
    {
        Assert.NotEmpty(lines);
        Assert.True(lines.FirstOrDefault(HoldsSecret) is null, lines.FirstOrDefault(HoldsSecret));
    }

    /// <summary>
    /// Whether a text holds a known secret, or anything of the shape of a token, key or code of ours.
    /// </summary>
    public static bool HoldsSecret(string text) =>
        KnownSecrets.Any(secret => text.Contains(secret, StringComparison.Ordinal)) || OfOurs().IsMatch(text);

    public void Dispose() { }

    [GeneratedRegex(@"tsr_[\w-]{20}|tsk_\w{16}|tss_\w{16}|tsc_\w{16}|tsd_[\w-]{16}|eyJ[\w-]{10}")]
    private static partial Regex OfOurs();

    private sealed class Pen(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue($"{category} scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs
                ? string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}"))
                : "";
            lines.Enqueue($"{logLevel} {category} {eventId.Id} {formatter(state, exception)} {values} {exception}");
        }
    }
}
