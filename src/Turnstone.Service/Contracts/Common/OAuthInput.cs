using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.Common;

/// <summary>What the two OAuth contracts decode alike of a token request.</summary>
internal static class OAuthInput
{
    /// <param name="request">Whose header may have an Idempotency-Key.</param>
    /// <param name="grant">Says what it reads.</param>
    /// <param name="read">The text of a parameter; null where there is none.</param>
    /// <param name="scope">The scope as it was sent; null where none is read.</param>
    /// <param name="readAll">Every text of a parameter; null where none may come several times.</param>
    /// <param name="resources">What the tokens are wanted for; null where that is not read.</param>
    /// <param name="details">What the token is wanted for in particular; null for all that was granted.</param>
    public static Outcome<GrantInput> Read(
        HttpRequest request,
        Grant grant,
        Func<string, string?> read,
        string? scope = null,
        Func<string, IReadOnlyList<string>>? readAll = null,
        IReadOnlyList<string>? resources = null,
        AuthorizationDetails? details = null
    )
    {
        if (!Scopes.TryParse(scope, out var asked))
        {
            return Refusals.InvalidScope;
        }

        var readable = RequestFacts.TryIdempotencyKey(request, out var key);

        // An empty scope is no scope (RFC 6749 §3.2).
        var scopes = asked.IsEmpty ? null : asked;
        var used = grant.ReadsIdempotencyKey ? key : null;
        var input = GrantInput.Read(grant, read, scopes, used, readAll, resources, details);
        return input.Refusal is null && grant.ReadsIdempotencyKey && !readable
            ? Refusals.Malformed("The Idempotency-Key must be one text of at most 255 printable ASCII characters.")
            : input;
    }
}
