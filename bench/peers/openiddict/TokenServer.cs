using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Turnstone.Peers;

/// <summary>The server: what a deployment that only hands out tokens to its API would have.</summary>
internal static class TokenServer
{
    public const string ClientId = "bench";
    public const string ClientSecret = "bench-secret-of-forty-characters-or-more";
    public const string Scope = "individuals.read";

    private const string Resource = "https://api.example.test";

    /// <summary>Set once the sessions are open: a password grant that asks for no password opens them.</summary>
    public static bool Seeded { get; set; }

    public static void Configure(OpenIddictServerBuilder server, Options options)
    {
        server.SetIssuer(options.Address);
        server.SetTokenEndpointUris("connect/token").SetIntrospectionEndpointUris("connect/introspect");
        server.AllowRefreshTokenFlow().AllowClientCredentialsFlow().AllowPasswordFlow();

        // In memory: no query for them.
        server.RegisterScopes(Scope);
        server.SetAccessTokenLifetime(TimeSpan.FromHours(12)).SetRefreshTokenLifetime(TimeSpan.FromDays(14));

        // A refresh token is good once, as everywhere here.
        server.SetRefreshTokenReuseLeeway(TimeSpan.Zero);
        server.AddSigningKey(
            new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "bench" }
        );
        server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
        server.DisableAccessTokenEncryption();

        // Refresh tokens are sealed by symmetric keys instead of signed and encrypted; access tokens stay JWTs.
        server.UseDataProtection().PreferDefaultAccessTokenFormat();
        server.UseAspNetCore().DisableTransportSecurityRequirement().SuppressJsonResponseIndentation();
        server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseInlineHandler(Grant));
    }

    public static async Task AddClientAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        await scope
            .ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>()
            .CreateAsync(
                new OpenIddictApplicationDescriptor
                {
                    ClientId = ClientId,
                    ClientSecret = ClientSecret,
                    ClientType = ClientTypes.Confidential,
                    Permissions =
                    {
                        Permissions.Endpoints.Token,
                        Permissions.Endpoints.Introspection,
                        Permissions.GrantTypes.ClientCredentials,
                        Permissions.GrantTypes.Password,
                        Permissions.GrantTypes.RefreshToken,
                        Permissions.Prefixes.Scope + Scope,
                    },
                }
            );
    }

    // The principal of a refresh token is attached by OpenIddict.
    private static ValueTask Grant(HandleTokenRequestContext context)
    {
        if (context.Request.IsPasswordGrantType() && Seeded)
        {
            context.Reject(Errors.UnauthorizedClient);
        }
        else if (!context.Request.IsRefreshTokenGrantType())
        {
            var identity = new ClaimsIdentity("bench", Claims.Name, Claims.Role);
            identity.SetClaim(Claims.Subject, context.Request.Username ?? context.ClientId);
            identity.SetScopes(context.Request.GetScopes());
            identity.SetResources(Resource);
            identity.SetDestinations(static _ => [Destinations.AccessToken]);
            context.SignIn(new ClaimsPrincipal(identity));
        }

        return ValueTask.CompletedTask;
    }
}
