using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Turnstone.Credentials;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory.Metadata;

/// <summary>
/// What a client says of itself (RFC 7591 §2), as far as it matters here. Members that nobody here knows are ignored,
/// and so are grants and scopes that such a client cannot have.
/// </summary>
public sealed record ClientMetadata
{
    private const int LongestName = NameText.Longest;
    private const int MostValues = 50;

    public string? Name { get; private init; }

    public IReadOnlyList<string> RedirectUris { get; private init; } = [];

    public IReadOnlyList<string> PostLogoutRedirectUris { get; private init; } = [];

    /// <summary>Whether its users are to have subjects that no client of another sector knows.</summary>
    public bool Pairwise { get; private init; }

    public IReadOnlyList<string> GrantTypes { get; private init; } = [];

    public ClientMethod Method { get; private init; }

    public VerificationKeys? Keys { get; private init; }

    public string? KeysUri { get; private init; }

    /// <summary>What it wants; null where it does not say.</summary>
    public Scopes? Scopes { get; private init; }

    public ApplicationType ApplicationType { get; private init; }

    /// <param name="json">An object.</param>
    /// <param name="source">A document has no secret, because everybody can read it.</param>
    /// <param name="metadata">What it says.</param>
    /// <param name="problem">The first that is wrong.</param>
    internal static bool TryRead(
        JsonElement json,
        ClientSource source,
        [NotNullWhen(true)] out ClientMetadata? metadata,
        [NotNullWhen(false)] out MetadataProblem? problem
    )
    {
        var members = new MetadataMembers(json);
        var method = MethodOf(members, source);
        var isPublic = method is ClientMethod.None;
        var uris = members.Texts("redirect_uris", RedirectUri.Most, RedirectUri.Longest) ?? [];
        metadata = new ClientMetadata
        {
            Name = NameOf(members),
            RedirectUris = uris,
            PostLogoutRedirectUris =
                members.Texts("post_logout_redirect_uris", RedirectUri.Most, RedirectUri.Longest) ?? [],
            Pairwise = PairwiseOf(members, uris),
            GrantTypes = GrantsOf(members, source),
            Method = method,
            Keys = KeysOf(members, method),
            KeysUri = KeysUriOf(members, method),
            Scopes = ScopesOf(members),
            ApplicationType = ApplicationTypes.Of(members, uris),
        };
        metadata.CheckAddresses(members, isPublic);
        metadata.CheckKeys(members);
        problem = members.Problem;
        return problem is null;
    }

    /// <summary>The client with what it says of itself in the place of what it had.</summary>
    /// <param name="client">The client.</param>
    /// <param name="offered">The scopes that it may have.</param>
    /// <param name="nameless">What it is called if it does not say.</param>
    public Client On(Client client, Scopes offered, string nameless)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(offered);
        return client with
        {
            Name = Name ?? nameless,
            Public = Method is ClientMethod.None,
            Method = Method,
            Keys = Keys,
            KeysUri = KeysUri,
            Secrets = Method is ClientMethod.None or ClientMethod.PrivateKeyJwt ? [] : client.Secrets,
            RedirectUris = RedirectUris,
            PostLogoutRedirectUris = PostLogoutRedirectUris,
            Pairwise = Pairwise,
            GrantTypes = GrantTypes,
            Scopes = Scopes is null ? offered : Scopes.And(offered),
        };
    }

    private static string? NameOf(MetadataMembers members)
    {
        if (members.Text("client_name", LongestName) is not { } name)
        {
            return null;
        }

        if (NameText.TryRead(name, out var read))
        {
            return read;
        }

        members.Refuse("client_name must not have control or direction characters.");
        return null;
    }

    // A sector that somebody names himself (sector_identifier_uri) would be another's, unless that one agrees.
    private static bool PairwiseOf(MetadataMembers members, IReadOnlyList<string> uris)
    {
        var type = members.Text("subject_type", longest: 16);
        if (type is not (null or "public" or "pairwise"))
        {
            members.Refuse("subject_type must be public or pairwise.");
        }

        var named = members.Text("sector_identifier_uri", RedirectUri.Longest) is not null;
        if (type is "pairwise" && (named || SectorHosts.AreSeveral(uris)))
        {
            members.Refuse("A pairwise client has redirect_uris at one host, and no sector_identifier_uri.");
        }

        return type is "pairwise";
    }

    private static ClientMethod MethodOf(MetadataMembers members, ClientSource source)
    {
        const string Member = "token_endpoint_auth_method";
        var fallback = source is ClientSource.Registration ? ClientMethod.ClientSecretBasic : ClientMethod.None;
        if (members.Text(Member, longest: 64) is not { } name)
        {
            return fallback;
        }

        var methods = Enum.GetValues<ClientMethod>()
            .Where(method =>
                source is ClientSource.Registration || method is ClientMethod.None or ClientMethod.PrivateKeyJwt
            )
            .ToList();
        if (methods.Exists(method => method.NameOf() == name))
        {
            return methods.Find(method => method.NameOf() == name);
        }

        members.Refuse($"{Member} must be {string.Join(" or ", methods.Select(method => method.NameOf()))}.");
        return fallback;
    }

    // Never client_credentials: that would be tokens for everybody who asks, without a person who agrees.
    private static List<string> GrantsOf(MetadataMembers members, ClientSource source)
    {
        var wanted = members.Texts("grant_types", MostValues, longest: 128) ?? [ApplicationRules.AuthorizationCode];
        var given = wanted
            .Where(grant =>
                grant is ApplicationRules.AuthorizationCode or ApplicationRules.RefreshToken
                || (grant is ApplicationRules.DeviceCode && source is ClientSource.Registration)
            )
            .ToList();
        if (!given.Exists(grant => grant is not ApplicationRules.RefreshToken))
        {
            members.Refuse($"grant_types must have {ApplicationRules.AuthorizationCode}.");
        }

        if (members.Texts("response_types", MostValues, longest: 64) is { } types && !types.Contains("code"))
        {
            members.Refuse("response_types must have code.");
        }

        return given;
    }

    private static VerificationKeys? KeysOf(MetadataMembers members, ClientMethod method)
    {
        if (members.Object("jwks") is not { } jwks || method is not ClientMethod.PrivateKeyJwt)
        {
            return null;
        }

        if (VerificationKeys.TryRead(jwks, out var keys, out var wrong))
        {
            return keys;
        }

        members.Refuse($"jwks: {wrong}");
        return null;
    }

    private static string? KeysUriOf(MetadataMembers members, ClientMethod method)
    {
        var uri = members.Text("jwks_uri", RedirectUri.Longest);
        if (uri is not null && RedirectUri.FlawOf(uri, publicClient: false) is not null)
        {
            members.Refuse("jwks_uri must be an https address without user and fragment.");
        }

        return method is ClientMethod.PrivateKeyJwt ? uri : null;
    }

    private static Scopes? ScopesOf(MetadataMembers members)
    {
        if (members.Text("scope", Turnstone.Model.Scopes.LongestText) is not { } text)
        {
            return null;
        }

        if (!Turnstone.Model.Scopes.TryParse(text, out var scopes))
        {
            members.Refuse("scope must be names separated by single spaces (RFC 6749 §3.3).");
        }

        return scopes;
    }

    private void CheckAddresses(MetadataMembers members, bool isPublic)
    {
        if (RedirectUris.Count == 0 && GrantTypes.Contains(ApplicationRules.AuthorizationCode))
        {
            members.Refuse(MetadataProblem.OfRedirect("redirect_uris is missing: give the addresses for the answers."));
        }

        CheckAddresses(members, "redirect_uris", RedirectUris, isPublic);
        CheckAddresses(members, "post_logout_redirect_uris", PostLogoutRedirectUris, isPublic);
    }

    // The addresses themselves are not repeated: whoever wrote them would write on our page.
    private void CheckAddresses(MetadataMembers members, string name, IReadOnlyList<string> uris, bool isPublic)
    {
        for (var i = 0; i < uris.Count; i++)
        {
            var problem =
                RedirectUri.FlawOf(uris[i], isPublic) is not null
                    ? "give a whole https address, http://127.0.0.1 or http://[::1] for a program on its user's "
                        + "machine, or, without a secret, an app's own scheme in reversed domain form; no fragment, "
                        + "user or wildcard."
                : ApplicationType is ApplicationType.Web && !ApplicationTypes.IsOfWeb(uris[i])
                    ? "application_type web has https addresses alone; a program on its user's machine is native."
                : null;
            if (problem is not null)
            {
                members.Refuse(MetadataProblem.OfRedirect($"{name}[{i}]: {problem}"));
            }
        }
    }

    private void CheckKeys(MetadataMembers members)
    {
        if (Method is ClientMethod.PrivateKeyJwt && Keys is null == KeysUri is null)
        {
            members.Refuse("private_key_jwt needs jwks or jwks_uri, and not both.");
        }
    }
}
