using System.Text.RegularExpressions;

namespace Turnstone.Directory.Trust;

/// <summary>
/// A world of programs whose issuer signs for many who do not know each other: which claims have to be pinned, so that
/// a rule means one of them. It follows from the issuer, or from what is asked of its assertions; nobody can choose a
/// world with fewer pins.
/// </summary>
/// <param name="Name">Its name in pages and documents.</param>
/// <param name="Pins">What has to be pinned: of each list one, in the form that it says.</param>
public sealed partial record TrustWorld(string Name, IReadOnlyList<IReadOnlyList<Pin>> Pins)
{
    public static TrustWorld GitHub { get; } =
        new(
            "github",
            [
                [new("repository", RepositoryOf()), new("repository_id", null)],
                [new("ref"), new("environment")],
            ]
        );

    /// <summary>A tag may be called as a branch is, so the kind belongs to it.</summary>
    public static TrustWorld GitLab { get; } =
        new(
            "gitlab",
            [
                [new("project_path", RepositoryOf()), new("project_id", null)],
                [new("ref"), new("environment")],
                [new("ref_type", null), new("environment")],
            ]
        );

    public static TrustWorld Kubernetes { get; } =
        new(
            "kubernetes",
            [
                [new("sub", NamespaceOf())],
            ]
        );

    public static TrustWorld Spiffe { get; } =
        new(
            "spiffe",
            [
                [new("sub", TrustDomainOf())],
            ]
        );

    public static TrustWorld Aws { get; } =
        new(
            "aws",
            [
                [new("sub", AccountOf())],
            ]
        );

    /// <summary>The issuer names the tenant, which has many identities.</summary>
    public static TrustWorld Azure { get; } =
        new(
            "azure",
            [
                [new("sub", null), new("oid", null)],
            ]
        );

    /// <summary>One issuer for everybody who has an account there; an address can be given to another one.</summary>
    public static TrustWorld Google { get; } =
        new(
            "google",
            [
                [new("sub", null)],
            ]
        );

    public static TrustWorld Other { get; } =
        new(
            "other",
            [
                [new("sub", null)],
            ]
        );

    public static IReadOnlyList<TrustWorld> All { get; } =
    [GitHub, GitLab, Kubernetes, Spiffe, Aws, Azure, Google, Other];

    public static TrustWorld Of(string issuer, IEnumerable<ClaimCondition> conditions)
    {
        var host = Uri.TryCreate(issuer, UriKind.Absolute, out var uri) ? uri.IdnHost : "";
        var known = host switch
        {
            "token.actions.githubusercontent.com" => GitHub,
            "gitlab.com" => GitLab,
            "accounts.google.com" => Google,
            "login.microsoftonline.com" or "sts.windows.net" => Azure,
            _ when host.EndsWith(".tokens.sts.global.api.aws", StringComparison.Ordinal) => Aws,
            _ => null,
        };
        return known ?? ByWords(conditions);
    }

    /// <summary>Those claims of which one has to be pinned and none is, with " | " between; null for nothing.</summary>
    public string? LackOf(IReadOnlyCollection<ClaimCondition> conditions) =>
        Pins.FirstOrDefault(pins => !pins.Any(pin => pin.IsPinnedBy(conditions))) is { } lacking
            ? string.Join(" | ", lacking.Select(pin => pin.Words))
            : null;

    // One's own servers of these worlds: their assertions have the same claims.
    private static TrustWorld ByWords(IEnumerable<ClaimCondition> conditions)
    {
        foreach (var condition in conditions)
        {
            var world = condition.Name switch
            {
                "repository" or "repository_id" => GitHub,
                "project_path" or "project_id" => GitLab,
                "sub" when condition.Value.StartsWith("system:serviceaccount:", StringComparison.Ordinal) => Kubernetes,
                "sub" when condition.Value.StartsWith("spiffe://", StringComparison.Ordinal) => Spiffe,
                _ => null,
            };
            if (world is not null)
            {
                return world;
            }
        }

        return Other;
    }

    [GeneratedRegex("^[^/*]+/")]
    private static partial Regex RepositoryOf();

    [GeneratedRegex("^system:serviceaccount:[^:/]+:")]
    private static partial Regex NamespaceOf();

    [GeneratedRegex("^spiffe://[^/]+/.")]
    private static partial Regex TrustDomainOf();

    [GeneratedRegex("^arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:[a-z-]+/")]
    private static partial Regex AccountOf();
}

/// <summary>A claim that has to be pinned.</summary>
public sealed record Pin
{
    private readonly bool anyBeginning;

    /// <summary>A claim whose beginning is enough: another one says whose it is.</summary>
    public Pin(string name) => (Name, anyBeginning) = (name, true);

    /// <param name="name">The claim.</param>
    /// <param name="beginning">What has to stand before a <c>*</c>; null where there may be none.</param>
    public Pin(string name, Regex? beginning) => (Name, Beginning) = (name, beginning);

    public string Name { get; }

    public Regex? Beginning { get; }

    public string Words => anyBeginning || Beginning is not null ? Name : $"{Name} (without *)";

    public bool IsPinnedBy(IEnumerable<ClaimCondition> conditions) =>
        conditions.Any(condition =>
            condition.Name == Name
            && (anyBeginning || (Beginning is null ? condition.IsExact : Beginning.IsMatch(condition.Beginning)))
        );
}
