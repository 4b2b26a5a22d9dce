using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Turnstone.AspNetCore;

/// <summary>The guard of each scheme, which lives as long as the program.</summary>
internal sealed class Guards(IOptionsMonitor<TurnstoneOptions> options) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Guard>> all = new(StringComparer.Ordinal);

    public Guard Of(string scheme) =>
        all.TryGetValue(scheme, out var known)
            ? known.Value
            : all.GetOrAdd(scheme, name => new(() => new Guard(options.Get(name)))).Value;

    public void Dispose()
    {
        foreach (var guard in all.Values.Where(one => one.IsValueCreated))
        {
            guard.Value.Dispose();
        }
    }
}
