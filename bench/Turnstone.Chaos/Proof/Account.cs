namespace Turnstone.Chaos.Proof;

/// <summary>One session of a fleet: where it lies, how it is opened, what became of it.</summary>
internal sealed class Account(string contract, string folder, Dictionary<string, string> credentials)
{
    private int ends;

    public string Contract => contract;

    public string Folder => folder;

    public IReadOnlyDictionary<string, string> Credentials => credentials;

    /// <summary>How often a client was told that it is over.</summary>
    public int Ends => ends;

    public string? WhyEnded { get; private set; }

    public void End(string why)
    {
        Interlocked.Increment(ref ends);
        WhyEnded ??= why;
    }
}
