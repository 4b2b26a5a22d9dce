using System.Diagnostics;

namespace Turnstone.Nodes.Cluster;

/// <summary>Waiting for what has to come true, with an end.</summary>
internal static class Until
{
    // Only what never comes takes so long: a busy machine is slow and not wrong.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static async Task<TimeSpan> HoldsAsync(Func<Task<bool>> condition, TimeSpan most, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > most)
            {
                throw new TimeoutException($"Not within {most.TotalSeconds:0} s: {what}.");
            }

            await Task.Delay(20);
        }

        return watch.Elapsed;
    }

    public static Task<TimeSpan> HoldsAsync(Func<bool> condition, TimeSpan most, string what) =>
        HoldsAsync(() => Task.FromResult(condition()), most, what);

    public static Task<TimeSpan> HoldsAsync(Func<Task<bool>> condition, string what) =>
        HoldsAsync(condition, Longest, what);

    public static Task<TimeSpan> HoldsAsync(Func<bool> condition, string what) => HoldsAsync(condition, Longest, what);
}
