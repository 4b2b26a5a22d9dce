namespace Turnstone.Cli.Output;

/// <summary>A line that moves while a person waits, and is gone afterwards. Quick work shows none.</summary>
internal static class Spinner
{
    private const string Frames = "|/-\\";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(120);

    public static async Task<T> ShowAsync<T>(TextWriter error, string what, Task<T> work)
    {
        var shown = false;
        for (var frame = 0; await Task.WhenAny(work, Task.Delay(Pace)) != work; frame++)
        {
            shown = true;
            await error.WriteAsync($"\r{Frames[frame % Frames.Length]} {Printable.Of(what)} …");
        }

        if (shown)
        {
            await error.WriteAsync("\r\e[K");
        }

        return await work;
    }
}
