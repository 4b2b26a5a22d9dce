using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.OAuthV1;

/// <summary>The two types of token and the terms of each.</summary>
internal sealed class TokenTypes(Terms terms)
{
    public const string UserName = "user";
    public const string CompanyName = "company";

    public Terms User { get; } = terms with { Contract = OAuthV1Contract.UserFamily };

    public Terms Company { get; } = terms with { Contract = OAuthV1Contract.CompanyFamily };

    /// <summary>The terms of a type as the path names it; null for a type that there is not.</summary>
    public Terms? Find(string? name) =>
        name switch
        {
            UserName => User,
            CompanyName => Company,
            _ => null,
        };
}
