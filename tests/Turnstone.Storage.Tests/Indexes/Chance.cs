namespace Turnstone.Storage.Tests.Indexes;

/// <summary>The same order of events for the same seed.</summary>
internal sealed class Chance(int seed)
{
    private uint state = (uint)seed;

    public int Next(int below)
    {
        state = (state * 1664525) + 1013904223;
        return (int)((state >> 8) % (uint)below);
    }
}
