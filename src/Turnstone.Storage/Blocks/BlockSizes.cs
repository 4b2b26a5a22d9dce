namespace Turnstone.Storage.Blocks;

/// <summary>How large blocks become; a test has smaller ones.</summary>
internal sealed record BlockSizes
{
    /// <summary>The most entries that one commit seals: on SQLite others wait for it.</summary>
    public int Sealed { get; init; } = 512;

    /// <summary>The most entries of a block that is made of others.</summary>
    public int Most { get; init; } = 1024;

    /// <summary>From so many on a block is not made larger.</summary>
    public int Full { get; init; } = 512;

    /// <summary>So many blocks of one level become one of the next.</summary>
    public int Neighbours { get; init; } = 16;

    /// <summary>So many blocks are indexed together.</summary>
    public int Group { get; init; } = Sought.MostBlocks;

    public bool IsFull(Block block) => block.Size >= Full;
}
