using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Extensions;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Applications;

/// <summary>
/// How an application gets its first token, filled in: the command of a program, or the sign-in of one that has users
/// and the command that follows it.
/// </summary>
public sealed record FirstToken(Contract Contract, Client Client)
{
    public const string SecretVariable = "CLIENT_SECRET";
    public const string CodeVariable = "CODE";

    private const int VerifierSize = 32;

    /// <summary>A program's token; null for an application that may not act for itself.</summary>
    public string? TokenLine { get; private init; }

    /// <summary>The sign-in, as an application begins it; null for one that signs nobody in.</summary>
    public string? SignIn { get; private init; }

    public string? ExchangeLine { get; private init; }

    /// <summary>Null if there is nothing to show: it has been ended, signs its
    /// requests, or no contract of its kind is served.</summary>
    public static FirstToken? Of(Client client, TurnstoneSettings settings, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(random);
        if (
            client is { DisabledAt: not null } or { Public: false, HasSecrets: false } or { DpopBound: true }
            || settings.Contracts.List.WithClients.FirstOrDefault(one => one.Samples.Clients is not null)
                is not { Samples.Clients: { } samples, Authorization: { } authorization } contract
        )
        {
            return null;
        }

        var first = new FirstToken(contract, client);
        if (!client.Public && client.MayUse(ApplicationRules.ClientCredentials))
        {
            first = first with { TokenLine = $"{samples.Token(settings.Issuer, client.Id, SecretVariable)}" };
        }

        if (client.MayUse(ApplicationRules.AuthorizationCode) && client.RedirectUris.Count > 0)
        {
            var request = new CodeRequest(
                client.Id,
                client.RedirectUris[0],
                Base64UrlText.Encode(random.Bytes(VerifierSize))
            );
            var secret = client.Public ? null : SecretVariable;
            first = first with
            {
                SignIn = authorization.Path + Query(request, client.Scopes, random),
                ExchangeLine = $"{samples.Exchange(settings.Issuer, request, CodeVariable, secret)}",
            };
        }

        return first.TokenLine is null && first.SignIn is null ? null : first;
    }

    private static QueryString Query(CodeRequest request, Scopes scopes, RandomSource random)
    {
        var challenge = SHA256.HashData(Encoding.ASCII.GetBytes(request.Verifier));
        var query = new QueryBuilder
        {
            { "response_type", "code" },
            { "client_id", request.Client },
            { "redirect_uri", request.RedirectUri },
            { "state", Base64UrlText.Encode(random.Bytes(12)) },
            { "code_challenge", Base64UrlText.Encode(challenge) },
            { "code_challenge_method", "S256" },
        };
        if (!scopes.IsEmpty)
        {
            query.Add("scope", scopes.ToString());
        }

        return query.ToQueryString();
    }
}

/// <summary>What the page shows of it.</summary>
/// <param name="Token">How.</param>
/// <param name="Secret">The secret if this page shows it; it is sent along, so that nobody has to type it.</param>
/// <param name="Issued">The token that was issued a moment ago.</param>
public sealed record FirstTokenView(FirstToken Token, string? Secret, Grants.Issued? Issued);
