namespace Turnstone.Foreign;

/// <summary>
/// Whose share a fetch takes. Strangers have bounds and a memory of their own, so that what they make the server fetch
/// is in nobody's way who has registered an address.
/// </summary>
public readonly record struct FetchPayer
{
    private FetchPayer(string name, bool isStranger) => (Name, IsStranger) = (name, isStranger);

    public string Name { get; }

    public bool IsStranger { get; }

    /// <summary>Whoever has registered the address with an account or an administrator.</summary>
    /// <param name="holder">The account, or the client where it has none.</param>
    public static FetchPayer Registered(string holder) => new(holder, isStranger: false);

    /// <summary>Somebody of whom nothing is known but his network.</summary>
    /// <param name="network">The network as it is counted.</param>
    public static FetchPayer Stranger(string network) => new(network, isStranger: true);
}
