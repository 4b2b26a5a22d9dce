namespace Turnstone.Cli.Profiles;

/// <summary>
/// What the command line knows of a contract beside what the client's contracts.json has: the only file that names one.
/// </summary>
/// <param name="Path">Its path, which is its name.</param>
/// <param name="With">The ways to sign in for which it is taken unless another is named.</param>
internal sealed record ContractFacts(string Path, params string[] With)
{
    public static IReadOnlyList<ContractFacts> All { get; } =
    [
        new("/auth/v1", "code") { Validation = (HttpMethod.Post, "/auth/v1/validate-token") },
        new("/auth/v2", "password")
        {
            Validation = (HttpMethod.Post, "/auth/v2/validate"),
            ShowsSubscriptionKey = true,
        },
        new("/v1/oauth") { Validation = (HttpMethod.Get, "/v1/oauth/token") },
        new("/v3", "key"),
        new("/oauth2", "browser", "device", "client", "refresh-token") { IsStandard = true },
    ];

    /// <summary>The call that tells whether a token is good; null where the document has none.</summary>
    public (HttpMethod Method, string Path)? Validation { get; init; }

    public bool ShowsSubscriptionKey { get; init; }

    /// <summary>Whether its endpoints are those of the server's metadata, and it has revocation (RFC 7009).</summary>
    public bool IsStandard { get; init; }

    public static ContractFacts Of(string path) => All.Single(one => one.Path == path);

    /// <summary>The contract of a way to sign in.</summary>
    public static string For(string with) => All.Single(one => one.With.Contains(with)).Path;
}
