namespace Turnstone.Authorization;

/// <summary>
/// The parameters of an authorization request, decoded. One without a value counts as absent, and none may come twice
/// (RFC 6749 §3.1).
/// </summary>
public sealed class AuthorizationParameters
{
    /// <summary>The key that the code is bound to (RFC 9449 §10).</summary>
    public const string KeyThumbprint = "dpop_jkt";

    private const string Resource = "resource";

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly HashSet<string> repeated = new(StringComparer.Ordinal);
    private readonly List<string> resources = [];

    public AuthorizationParameters(IEnumerable<KeyValuePair<string, string>> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        foreach (var (name, value) in given)
        {
            // The one parameter that may be given several times (RFC 8707 §2); empty it counts as absent (RFC 6749
            // §3.1).
            if (name == Resource)
            {
                resources.AddRange(value.Length > 0 ? [value] : []);
            }
            else if (!values.TryAdd(name, value))
            {
                repeated.Add(name);
            }
        }
    }

    /// <summary>Whether the client itself has sent them, and proven that, before the browser came (RFC 9126).</summary>
    public bool Pushed { get; init; }

    /// <summary>Whether any came twice: then nobody can say which was meant, and it counts as absent.</summary>
    public bool Repeated => repeated.Count > 0;

    /// <summary>Whether one of those came twice that say who is asking and where the answer goes.</summary>
    public bool Unaddressed => repeated.Contains("client_id") || repeated.Contains("redirect_uri");

    /// <summary>What the tokens are wanted for (RFC 8707 §2).</summary>
    public IReadOnlyList<string> Resources => resources;

    public string? this[string name] =>
        values.TryGetValue(name, out var value) && value.Length > 0 && !repeated.Contains(name) ? value : null;
}
