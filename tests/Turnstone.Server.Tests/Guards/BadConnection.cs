using Turnstone.Server.Tests.Attacks.Fuzzing;

namespace Turnstone.Server.Tests.Guards;

/// <summary>A connection to which, by chance, anything happens that happens to connections.</summary>
internal sealed class BadConnection(Dice chance)
{
    private readonly List<byte[]> late = [];

    /// <summary>What was sent arrives whole, or cut, or twice, or later, after what was sent after it.</summary>
    /// <returns>What arrives, each over a connection of its own.</returns>
    public IReadOnlyList<byte[]> Pass(byte[] sent)
    {
        var cut = sent[..chance.Below(sent.Length + 1)];
        switch (chance.Below(5))
        {
            case 0:
                return [sent];
            case 1:
                return [cut];
            case 2:
                return [sent, cut];
            case 3:
                late.Add(sent);
                return [];
            default:
                byte[][] all = [.. late, cut];
                late.Clear();
                return all;
        }
    }
}
