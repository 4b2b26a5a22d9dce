using System.Globalization;
using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>Goes along a chain, block by block, and says what is not as it was sealed.</summary>
internal sealed class ChainWalk
{
    private readonly ChainPoint signed;
    private readonly Dictionary<long, byte[]> expected = [];
    private readonly List<string> faults;
    private byte[] hash;
    private long next;
    private bool broken;

    /// <param name="signed">What the checkpoint says of it.</param>
    /// <param name="published">What checkpoints that were published say.</param>
    /// <param name="faults">Where the sentences go.</param>
    public ChainWalk(ChainPoint signed, List<ChainPoint> published, List<string> faults)
    {
        (this.signed, this.faults, hash, next) = (signed, faults, signed.Base, signed.First);
        expected[signed.Next] = signed.Hash;
        foreach (var point in published.Where(point => point.Next >= signed.First))
        {
            if (point.Next > signed.Next)
            {
                faults.Add(
                    $"A checkpoint that was published has {Name(signed.Next, point.Next - 1)}, and the store's newest "
                        + "checkpoint does not: the end was removed."
                );
            }
            else if (expected.TryAdd(point.Next, point.Hash) is false && !Same(expected[point.Next], point.Hash))
            {
                faults.Add($"Two checkpoints say different things of what is before {Name(point.Next, point.Next)}.");
            }
        }

        Compare();
    }

    /// <summary>The number after the last entry that was taken.</summary>
    public long Next => next;

    /// <summary>What the chain has come to there.</summary>
    public byte[] Hash => hash;

    /// <summary>The highest id of the entries.</summary>
    public Guid Highest { get; private set; } = Guid.Empty;

    public long Entries { get; private set; }

    /// <summary>How many there are after the checkpoint.</summary>
    public long AfterCheckpoint => Math.Max(0, next - signed.Next);

    /// <summary>Takes the blocks of the store until an entry of that number is reached, or the end.</summary>
    public async Task RunAsync(Engine engine, long until, CancellationToken cancellationToken)
    {
        var from = next;
        List<(Block Block, byte[] Contents)> found;
        do
        {
            found = await engine.ReadAsync(
                db => Block.WithContentsAsync(db, signed.Chain, from, until),
                cancellationToken
            );
            foreach (var (block, contents) in found)
            {
                Take(block, contents);
                from = Math.Max(next, block.First + 1);
            }
        } while (found.Count > 0 && next < until);

        if (next < signed.Next)
        {
            Missing(signed.Next);
        }
    }

    private void Take(Block block, byte[] contents)
    {
        if (block.Size <= 0)
        {
            faults.Add($"A block was put in before {Name(block.First, block.First)} that has no entries.");
            return;
        }

        if (block.First < next)
        {
            faults.Add($"A block was put in that repeats {Name(block.First, Math.Min(block.Next, next) - 1)}.");
            return;
        }

        if (block.First > next)
        {
            Missing(block.First);
        }

        try
        {
            Take(block, [.. BlockFormat.Read(contents, block.Size)], [.. BlockFormat.Hashes(contents, block.Size)]);
        }
        catch (InvalidDataException problem)
        {
            faults.Add($"{Capital(block.First, block.Next - 1)} cannot be read as sealed: {problem.Message}");
            broken = true;
        }

        (hash, next) = (block.Hash, block.Next);
        Entries += block.Size;
    }

    private void Take(Block block, List<SealedEntry> entries, List<uint> hashes)
    {
        var named = false;
        for (var i = 0; i < entries.Count; i++)
        {
            var own = entries[i].Hash();
            if (BlockInput.Prefix(own) != hashes[i])
            {
                named = true;
                faults.Add(
                    $"{Capital(next, next)} of {Time(entries[i])} is not what was sealed: it was changed or put in."
                );
            }

            hash = SealedEntry.Chain(hash, own);
            next++;
            Highest = entries[i].Id.CompareTo(Highest) > 0 ? entries[i].Id : Highest;
            if (!named)
            {
                Compare();
            }
        }

        if (named)
        {
            broken = true;
        }
        else if (!Same(hash, block.Hash) && !broken)
        {
            faults.Add(
                $"Of {Name(block.First, block.Next - 1)}, from {Time(entries[0])} to {Time(entries[^1])}, one was "
                    + "changed, removed or put in."
            );
            broken = true;
        }
    }

    // Where a fault was found before, what follows goes on from the hash that the store has; it may be good.
    private void Compare()
    {
        if (expected.TryGetValue(next, out var right) && !Same(hash, right) && !broken)
        {
            faults.Add(
                $"The hash after {Name(next - 1, next - 1)} is not the one that a checkpoint states: entries before it "
                    + "were changed, removed or put in, and the hashes after them were made again."
            );
            broken = true;
        }
    }

    private void Missing(long until)
    {
        faults.Add(BlockInspection.Removed(signed.Chain, next, until - 1));
        broken = true;
        next = until;
    }

    private string Name(long first, long last) => BlockInspection.Name(signed.Chain, first, last);

    private string Capital(long first, long last) => BlockInspection.Capital(Name(first, last));

    private static string Time(SealedEntry entry) =>
        Value.Time(entry.At).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static bool Same(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);
}
