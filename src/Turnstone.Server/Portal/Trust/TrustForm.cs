using Turnstone.Directory.Trust;

namespace Turnstone.Server.Portal.Trust;

/// <summary>
/// The words in which one world of programs is asked for, and the claims that they become. A claim is asked for where
/// all its words are given.
/// </summary>
/// <param name="World">The world.</param>
/// <param name="Issuer">The issuer, with fields in braces.</param>
/// <param name="Fields">What is asked for; one with a question mark may stay empty.</param>
/// <param name="Claims">The claims, with fields in braces; what stands before a colon has to be given.</param>
public sealed record TrustForm(
    TrustWorld World,
    string Issuer,
    IReadOnlyList<string> Fields,
    IReadOnlyList<(string Claim, string Value, string Needs)> Claims
)
{
    public const string IssuerField = "Issuer";

    public static IReadOnlyList<TrustForm> All { get; } =
    [
        new(
            TrustWorld.GitHub,
            "https://token.actions.githubusercontent.com",
            ["Repository", "Branch?", "Environment?"],
            [
                ("repository", "{Repository}", "Repository"),
                ("ref", "refs/heads/{Branch}", "Branch"),
                ("environment", "{Environment}", "Environment"),
            ]
        ),
        new(
            TrustWorld.GitLab,
            "{Issuer}",
            [IssuerField, "Project", "Branch?", "Environment?"],
            [
                ("project_path", "{Project}", "Project"),
                ("ref", "{Branch}", "Branch"),
                ("ref_type", "branch", "Branch"),
                ("environment", "{Environment}", "Environment"),
            ]
        ),
        new(
            TrustWorld.Kubernetes,
            "{Issuer}",
            [IssuerField, "Namespace", "ServiceAccount"],
            [("sub", "system:serviceaccount:{Namespace}:{ServiceAccount}", "ServiceAccount")]
        ),
        new(TrustWorld.Spiffe, "{Issuer}", [IssuerField, "SpiffeId"], [("sub", "{SpiffeId}", "SpiffeId")]),
        new(TrustWorld.Aws, "{Issuer}", [IssuerField, "Role"], [("sub", "{Role}", "Role")]),
        new(
            TrustWorld.Azure,
            "https://login.microsoftonline.com/{Tenant}/v2.0",
            ["Tenant", "ObjectId"],
            [("sub", "{ObjectId}", "ObjectId")]
        ),
        new(TrustWorld.Google, "https://accounts.google.com", ["UniqueId"], [("sub", "{UniqueId}", "UniqueId")]),
        new(TrustWorld.Other, "{Issuer}", [IssuerField, "Subject", "Claims?"], [("sub", "{Subject}", "Subject")]),
    ];

    public static TrustForm? Find(string? world) => All.FirstOrDefault(form => form.World.Name == world);

    public static bool IsOptional(string field) => field.EndsWith('?');

    public static string NameOf(string field) => field.TrimEnd('?');

    /// <summary>Whether it asks for this.</summary>
    public bool Asks(string field) => Fields.Select(NameOf).Contains(field);

    /// <summary>The field that a claim is made of; null where there is none.</summary>
    public string? FieldOf(string claim) => Claims.FirstOrDefault(one => one.Claim == claim).Needs;

    public string IssuerOf(Func<string, string> read) => Filled(Issuer, read);

    /// <summary>The claims by these words, and those that are written out one a line.</summary>
    public IEnumerable<ClaimCondition> ConditionsOf(Func<string, string> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var named = Claims
            .Where(claim => read(claim.Needs).Length > 0)
            .Select(claim => new ClaimCondition(claim.Claim, Filled(claim.Value, read)));
        var written = Fields.Contains("Claims?")
            ? read("Claims")
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('=', 2))
                .Select(pair => new ClaimCondition(pair[0].Trim(), pair.Length > 1 ? pair[1].Trim() : ""))
            : [];
        return named.Concat(written);
    }

    private string Filled(string text, Func<string, string> read) =>
        Fields
            .Select(NameOf)
            .Aggregate(text, (filled, name) => filled.Replace($"{{{name}}}", read(name), StringComparison.Ordinal));
}
