using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Server.Operations.Provisioning;
using Turnstone.Testing;
using static Turnstone.Server.Tests.Contracts.OAuth2.Dpop.DpopClient;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Dpop;

/// <summary>
/// A client that shows its key and is registered with <c>"refreshTokenRotation": false</c>, without the rest of fapi2.
/// </summary>
public sealed class StayingTokenTests
{
    private const string Id = "staying";
    private const string Secret = "a secret that stays as long as its token";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_refresh_token_stays_and_is_nothing_without_its_proof(bool isPublic)
    {
        await using var server = await StartAsync(isPublic);
        using var key = ClientKey.Ec();
        using var thief = ClientKey.Ec();
        (string, string)[] proven = isPublic ? [] : [Wire.Basic(Id, Secret)];
        var form = await server.CodeFormAsync(Id);
        var (access, refresh) = await server.FormAsync(TokenPath, form, [.. proven, server.Proof(key)]).PairAsync();
        var refreshing = RefreshForm(refresh, Id);
        var ids = new HashSet<string> { new JsonWebToken(access).Id };
        await AssertStaysAsync();

        using var none = await server.FormAsync(TokenPath, refreshing, proven);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_dpop_proof"), (none.StatusCode, await none.ErrorAsync()));
        using var v3 = await server.Http.RefreshV3Async(refresh);
        using var v1 = await server.Http.RefreshV1Async(refresh);
        using var v2 = await server.Http.RefreshV2Async(refresh);
        using var oauth1 = await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(refresh));
        Assert.All(new[] { v3, v1, v2, oauth1 }, answer => Assert.False(answer.IsSuccessStatusCode));

        // A public client has nothing but its key; the other has a secret, and who copied the token has neither.
        using var copied = await server.FormAsync(TokenPath, refreshing, server.Proof(thief));
        Assert.Equal(
            isPublic ? (HttpStatusCode.BadRequest, "invalid_grant") : (HttpStatusCode.Unauthorized, "invalid_client"),
            (copied.StatusCode, await copied.ErrorAsync())
        );

        // Nothing of that was a reuse.
        await AssertStaysAsync();

        async Task AssertStaysAsync()
        {
            for (var i = 0; i < 3; i++)
            {
                server.Time.Advance(TimeSpan.FromMinutes(5));
                using var answer = await server.FormAsync(TokenPath, refreshing, [.. proven, server.Proof(key)]);
                var body = await answer.BodyAsync();
                Assert.Equal(
                    (HttpStatusCode.OK, "DPoP", false),
                    (answer.StatusCode, (string?)body["token_type"], body.ContainsKey("refresh_token"))
                );
                var next = (string)body["access_token"]!;
                Assert.Equal(key.Thumbprint(), KeyOf(next));
                Assert.True(ids.Add(new JsonWebToken(next).Id));
            }
        }
    }

    /// <summary>A server whose operator has registered the client by a file.</summary>
    private static async Task<TurnstoneServer> StartAsync(bool isPublic)
    {
        var server = await TurnstoneServer.StartAsync(AllContracts.MapAll, services: s => s.AddProvisioning());
        await server
            .Services.GetRequiredService<Provisioner>()
            .ApplyAsync(
                new ProvisioningFile
                {
                    Clients =
                    [
                        new ClientItem
                        {
                            ClientId = Id,
                            ClientSecret = isPublic ? null : Secret,
                            Public = isPublic,
                            DpopBoundAccessTokens = true,
                            RefreshTokenRotation = false,
                            RedirectUris = [Known.RedirectUri],
                            GrantTypes = ["authorization_code", "refresh_token"],
                            Scopes = ["openid", "individuals.read"],
                        },
                    ],
                },
                "a file",
                TestContext.Current.CancellationToken
            );
        return server;
    }
}
