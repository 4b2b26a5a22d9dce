using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Tokens;

namespace Turnstone.Server.Portal.Logout;

/// <summary>
/// A client's request to sign its user out (OpenID Connect RP-Initiated Logout §2), with what is proven of it.
/// </summary>
public sealed record LogoutRequest
{
    /// <summary>The ID token that the client was given; null without one that this server has signed.</summary>
    public IdTokenHint? Hint { get; private init; }

    /// <summary>The client of the hint, or the one that <c>client_id</c> names.</summary>
    public Client? Client { get; private init; }

    /// <summary>The client's subject of who is signed in; null where nobody is.</summary>
    private string? SignedIn { get; init; }

    /// <summary>Where to continue: an address that the client has registered; null without one.</summary>
    public string? Continue { get; private init; }

    /// <summary>Whether an address was sent that the client has not registered: nobody is sent there (§3).</summary>
    public bool UnknownAddress { get; private init; }

    /// <summary>The request; null when it contradicts itself.</summary>
    public static async Task<LogoutRequest?> ReadAsync(
        AuthorizationParameters parameters,
        Account? signedIn,
        IdTokenHintReader hints,
        ClientDirectory clients,
        PairwiseSubjects subjects,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(hints);
        ArgumentNullException.ThrowIfNull(clients);
        ArgumentNullException.ThrowIfNull(subjects);
        var hint = hints.TryRead(parameters["id_token_hint"], out var read) ? read : null;
        var named = parameters["client_id"];
        if (parameters.Repeated || (hint is not null && named is not null && hint.ClientId != named))
        {
            return null;
        }

        var found = await clients.FindAsync(hint?.ClientId ?? named, cancellationToken);
        var client = found is { Stands: true } ? found : null;
        var address = parameters["post_logout_redirect_uri"];
        var registered = address is not null && client?.PostLogoutRedirectUris.Contains(address) is true;
        return new LogoutRequest
        {
            Hint = hint,
            Client = client,
            SignedIn = signedIn is null ? null : await subjects.OfAsync(client, signedIn.Id, cancellationToken),
            Continue = registered ? WithState(address!, parameters["state"]) : null,
            UnknownAddress = address is not null && !registered,
        };
    }

    /// <summary>
    /// Whether the person has to be asked: a link of a stranger must sign nobody out (§6), and neither must a client
    /// that means somebody else.
    /// </summary>
    public bool Asks => SignedIn is not null && Hint?.Subject != SignedIn;

    // The address's own query is kept.
    private static string WithState(string address, string? state) =>
        state is null ? address
        : address.Contains('?', StringComparison.Ordinal) ? $"{address}&state={Uri.EscapeDataString(state)}"
        : $"{address}?state={Uri.EscapeDataString(state)}";
}
