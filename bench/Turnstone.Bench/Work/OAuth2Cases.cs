using System.Net;
using System.Text;
using Turnstone.Bench.Load;
using Turnstone.Bench.Subjects;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Bench.Work;

/// <summary>The lines of /oauth2 whose requests need something new each time: an assertion, a proof, a code.</summary>
internal static class OAuth2Cases
{
    public const string SignedProgram = "client credentials, private_key_jwt";
    public const string Refresh = "refresh /oauth2";
    public const string BoundRefresh = "refresh /oauth2, bound by DPoP";
    public const string CodeExchange = "code exchange with id_token";

    public static readonly string[] Works = [SignedProgram, Refresh, BoundRefresh, CodeExchange];

    private const string Path = "/oauth2/token";
    private const string Redirect = "http://127.0.0.1:8500/callback";
    private const string AssertionType = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

    public static Case WithAssertions(TurnstoneServers servers, int connections)
    {
        var (assertions, fill) = Supply.ForAll(
            connections,
            _ => SigningKey.Assertions(Customers.SigningClientId, TurnstoneServers.Issuer)
        );
        var request = Request.Form(
            Path,
            $"grant_type=client_credentials&client_assertion_type={AssertionType}&client_assertion={Request.Place}"
        );
        return Cases.Of(
            SignedProgram,
            servers,
            connections,
            i => new Supplied(request, assertions[i], 200, "\"access_token\":\"ey")
        ) with
        {
            Prepare = fill,
        };
    }

    /// <summary>A public client's, to which the bound ones are compared.</summary>
    public static async Task<Case> RefreshAsync(TurnstoneServers servers, int connections)
    {
        var tokens = await servers.OpenSessionsAsync(connections, "oauth2", GrantKind.Code, Customers.PublicClientId);
        return Cases.Of(Refresh, servers, connections, i => Chain(tokens[i], Customers.PublicClientId, null));
    }

    public static async Task<Case> BoundRefreshAsync(TurnstoneServers servers, int connections)
    {
        var tokens = await servers.OpenSessionsAsync(
            connections,
            "oauth2",
            GrantKind.Code,
            Customers.BoundClientId,
            SigningKey.Thumbprint
        );
        var (proofs, fill) = Supply.ForAll(
            connections,
            _ => SigningKey.Proofs($"{TurnstoneServers.Issuer}{Path}")
        );
        return Cases.Of(
            BoundRefresh,
            servers,
            connections,
            i => Chain(tokens[i], Customers.BoundClientId, proofs[i])
        ) with
        {
            Prepare = fill,
        };
    }

    public static Case ExchangeCodes(TurnstoneServers servers, int connections)
    {
        var (codes, fill) = Supply.ForAll(
            connections,
            _ =>
                async () =>
                    Encoding.ASCII.GetBytes(
                        await servers.MintCodeAsync(
                            Customers.SiteClientId,
                            Redirect,
                            Scopes.Of(["openid", "individuals.read"])
                        )
                    )
        );
        var request = Request.Form(
            Path,
            $"grant_type=authorization_code&client_id={Customers.SiteClientId}"
                + $"&client_secret={WebUtility.UrlEncode(Customers.ClientSecret)}"
                + $"&redirect_uri={WebUtility.UrlEncode(Redirect)}&code={Request.Place}"
        );
        return Cases.Of(
            CodeExchange,
            servers,
            connections,
            i => new Supplied(request, codes[i], 200, "\"id_token\":\"ey")
        ) with
        {
            Prepare = fill,
        };
    }

    private static RefreshChain Chain(string token, string client, Supply? proofs) =>
        new(
            Request.Form(
                Path,
                $"grant_type=refresh_token&client_id={client}&refresh_token={Request.Place}",
                proofs is null ? [] : [$"DPoP: {Request.Other}"]
            ),
            token,
            200,
            "\"access_token\":\"",
            "\"refresh_token\":\"",
            proofs
        );
}
