using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Guards.Library;

/// <summary>RFC 9470: a call that needs a stronger or a more recent sign-in says so.</summary>
public sealed class SignInTests
{
    [Fact]
    public async Task A_sign_in_that_is_too_weak_or_too_old_is_asked_for_again()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(
            AuthorizeUrl.OAuth2(("scope", "openid individuals.read"), ("acr_values", GuardedApi.ByPassword))
        );
        var (token, _) = await server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                    + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
                DpopClient.Shop
            )
            .PairAsync();

        Assert.Equal(200, await api.StatusAsync("/password", token));
        Assert.Equal(200, await api.StatusAsync("/recent", token));
        var (status, challenge) = await api.ChallengeAsync("/strong", token);
        Assert.Equal(401, status);
        Assert.Contains("error=\"insufficient_user_authentication\"", challenge, StringComparison.Ordinal);
        Assert.Contains($"acr_values=\"{GuardedApi.Strong}\"", challenge, StringComparison.Ordinal);

        server.Time.Advance(TimeSpan.FromMinutes(6));
        (status, challenge) = await api.ChallengeAsync("/recent", token);
        Assert.Equal(401, status);
        Assert.Contains("max_age=\"300\"", challenge, StringComparison.Ordinal);

        // A token that does not say how its person signed in is not strong.
        Assert.Equal(401, await api.StatusAsync("/password", await server.ByKeyAsync()));
    }
}
