namespace Turnstone.Directory;

/// <summary>
/// Which members of a client differ, by the names that the provisioning file gives them: for the record, which tells
/// what was changed.
/// </summary>
public static class ClientDifference
{
    public static IEnumerable<string> Between(Client before, Client after) =>
        new (string Name, bool Same)[]
        {
            ("name", before.Name == after.Name),
            ("owner", before.OwnerId == after.OwnerId),
            ("public", before.Public == after.Public),
            (
                "secret",
                before.Secrets.Select(secret => secret.Hash).SequenceEqual(after.Secrets.Select(secret => secret.Hash))
            ),
            ("tokenEndpointAuthMethod", before.Method == after.Method),
            ("jwks", Equals(before.Keys, after.Keys)),
            ("jwksUri", before.KeysUri == after.KeysUri),
            ("introspect", before.MayIntrospect == after.MayIntrospect),
            ("requirePushedAuthorizationRequests", before.MustPush == after.MustPush),
            ("dpopBoundAccessTokens", before.DpopBound == after.DpopBound),
            ("refreshTokenRotation", before.KeepsRefreshTokens == after.KeepsRefreshTokens),
            ("requirePkce", before.PredatesPkce == after.PredatesPkce),
            ("profile", before.Profile == after.Profile),
            ("redirectUris", before.RedirectUris.SequenceEqual(after.RedirectUris)),
            ("postLogoutRedirectUris", before.PostLogoutRedirectUris.SequenceEqual(after.PostLogoutRedirectUris)),
            ("backchannelLogoutUri", before.BackchannelLogoutUri == after.BackchannelLogoutUri),
            ("backchannelLogoutSessionRequired", before.BackchannelLogoutSession == after.BackchannelLogoutSession),
            ("subjectType", before.Pairwise == after.Pairwise),
            ("sector", before.SectorHost == after.SectorHost),
            ("origins", before.Origins.SequenceEqual(after.Origins)),
            ("grantTypes", before.GrantTypes.SequenceEqual(after.GrantTypes)),
            ("scopes", before.Scopes == after.Scopes),
            ("resources", before.Resources == after.Resources),
            ("tokenTypes", before.TokenTypes.SequenceEqual(after.TokenTypes)),
            ("accessTokenSeconds", before.AccessLifetime == after.AccessLifetime),
            ("refreshTokenSeconds", before.RefreshLifetime == after.RefreshLifetime),
            ("sessionSeconds", before.AbsoluteLifetime == after.AbsoluteLifetime),
            ("retryWindowSeconds", before.RetryWindow == after.RetryWindow),
            ("earlyRefresh", before.Early == after.Early),
            ("signingAlgorithm", before.Algorithm == after.Algorithm),
        }
            .Where(pair => !pair.Same)
            .Select(pair => pair.Name);
}
