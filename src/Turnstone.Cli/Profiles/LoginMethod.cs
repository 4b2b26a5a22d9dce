namespace Turnstone.Cli.Profiles;

/// <summary>A way to sign in: which secrets it takes, in which order, and what is kept of them.</summary>
/// <param name="Name">What --with names.</param>
/// <param name="Asks">The secrets by the client's names.</param>
/// <param name="Again">What is enough to sign in again by itself; none where each sign-in needs a person.</param>
internal sealed record LoginMethod(string Name, IReadOnlyList<string> Asks, IReadOnlyList<string> Again)
{
    public static IReadOnlyList<LoginMethod> All { get; } =
    [
        new("key", ["api_key"], ["api_key"]),
        new("password", ["username", "password", "subscription_key"], ["username", "password", "subscription_key"]),
        new("code", ["code"], []),
        new("browser", [], []),
        new("device", [], []),
        new("client", ["client_secret"], ["client_secret"]),
        new("refresh-token", ["refresh_token"], []),
    ];

    // A refresh has to show these, so they are kept whatever is asked.
    private static readonly string[] AlwaysKept = ["subscription_key", "client_secret"];

    /// <summary>The contract unless another is named.</summary>
    public string Contract => ContractFacts.For(Name);

    public static LoginMethod Named(string name) =>
        All.FirstOrDefault(one => one.Name == name)
        ?? throw CliException.Usage($"There is no way to sign in called {name}.");

    public bool OpensAgain(IReadOnlyDictionary<string, string> known) =>
        Again.Count > 0 && Again.All(known.ContainsKey);

    /// <summary>What stays on the disk of the secrets that signed in.</summary>
    public Dictionary<string, string> Kept(IReadOnlyDictionary<string, string> given, bool keep) =>
        given
            .Where(one => AlwaysKept.Contains(one.Key) || (keep && Again.Contains(one.Key)))
            .ToDictionary(one => one.Key, one => one.Value);

    /// <summary>Adds to the secrets that are kept what the environment and the profile know.</summary>
    public void AddTo(Dictionary<string, string> known, Profile profile)
    {
        // A secret of the environment may be another server's: it is taken only where one of its kind is shown.
        foreach (var name in Asks.Concat(AlwaysKept).Where(name => Shows(name, known, profile)).Distinct())
        {
            Put(known, name, Secrets.OfEnvironment(name));
        }

        Put(known, "client_id", profile.ClientId);
        Put(known, "scope", profile.Scope);
        if (Again.Count == 0 && known.ContainsKey("client_secret"))
        {
            // Otherwise the client would sign in as the program when a person's session has ended.
            known["code"] = "spent";
        }
    }

    private bool Shows(string name, Dictionary<string, string> known, Profile profile) =>
        name switch
        {
            "code" or "refresh_token" => false,
            "subscription_key" => Asks.Contains(name) || profile.Facts.ShowsSubscriptionKey,
            "client_secret" => Asks.Contains(name) || known.ContainsKey(name),
            _ => true,
        };

    private static void Put(Dictionary<string, string> known, string name, string? value)
    {
        if (value is not null)
        {
            known[name] = value;
        }
    }
}
