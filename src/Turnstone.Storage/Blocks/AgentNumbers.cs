using System.Security.Cryptography;
using System.Text;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// What programs call themselves, by number. Only what many persons use has one: a name that one person has made up
/// stands under his key.
/// </summary>
internal sealed class AgentNumbers
{
    public const int Most = 4096;

    private readonly List<string> texts;
    private readonly Dictionary<string, int> numbers;

    public AgentNumbers(IEnumerable<string> texts)
    {
        this.texts = [.. texts];
        numbers = this.texts.Select((text, i) => (text, i)).ToDictionary(one => one.text, one => one.i);
    }

    public int Count => texts.Count;

    public static async Task<AgentNumbers> ReadAsync(Db db) =>
        new(await db.ListAsync("SELECT agent FROM audit_agents ORDER BY number", row => row.Text(0)));

    public int? Find(string agent) => numbers.TryGetValue(agent, out var number) ? number : null;

    /// <exception cref="InvalidDataException">There is none of this number.</exception>
    public string Text(ulong number) =>
        number < (ulong)texts.Count ? texts[(int)number] : throw new InvalidDataException("There is no such agent.");

    /// <summary>The hash of the first so many, as a checkpoint has it.</summary>
    public byte[] Hash(int count)
    {
        var output = new BlockOutput();
        foreach (var text in texts.Take(count))
        {
            output.Text(Encoding.UTF8.GetBytes(text));
        }

        return SHA256.HashData(output.ToArray());
    }
}
