using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Turnstone.AspNetCore.Feed;
using Turnstone.AspNetCore.Tokens;

namespace Turnstone.AspNetCore.Server;

/// <summary>
/// Whose an API key or a subscription key is, as the issuer says. Its answer is remembered for half a minute while the
/// feed is followed, and not past anything that ends a holder: such an end may be the key's own.
/// </summary>
internal sealed class KeyCheck(IssuerServer server, FeedState feed, TimeProvider time)
{
    /// <summary>Another node may not have heard of an end yet when it is asked.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    private const int Most = 10_000;
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private static readonly (string Header, string Claim)[] Told =
    [
        ("Turnstone-Subject", "sub"),
        ("Turnstone-Scope", "scope"),
        ("Turnstone-Product", "product"),
        ("Turnstone-Key", "key"),
        ("Turnstone-Credential", "credential"),
    ];

    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <summary>The caller, or null for keys that are refused.</summary>
    /// <exception cref="IssuerAwayException">The issuer does not say.</exception>
    public async ValueTask<AuthenticateResult?> ReadAsync(
        PresentedKeys keys,
        string audience,
        string scheme,
        CancellationToken cancellationToken
    )
    {
        var digest = $"{audience}\n{keys.Digest}";
        if (known.TryGetValue(digest, out var before) && IsFresh(before))
        {
            return before.Caller;
        }

        var at = time.GetTimestamp();
        var caller = await AskAsync(keys, audience, scheme, cancellationToken);
        if (caller is not null && feed.IsFollowed)
        {
            if (known.Count >= Most)
            {
                known.Clear();
            }

            known[digest] = new(caller, at);
        }

        return caller;
    }

    // Without the feed nothing would say that a key has ended.
    private bool IsFresh(Known before) =>
        feed.IsCurrent && time.GetElapsedTime(before.At) < Life && feed.IsLongBefore(before.At, Margin);

    private async Task<AuthenticateResult?> AskAsync(
        PresentedKeys keys,
        string audience,
        string scheme,
        CancellationToken cancellationToken
    )
    {
        using var answer = await server.AskAboutKeyAsync(keys, audience, cancellationToken);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => Of(answer, scheme),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => null,
            HttpStatusCode.TooManyRequests => throw new IssuerAwayException("Too many keys were guessed.")
            {
                Refusal = GuardRefusal.TooMany,
            },
            var other => throw new IssuerAwayException($"The question about a key is answered {(int)other}."),
        };
    }

    private static AuthenticateResult Of(HttpResponseMessage answer, string scheme)
    {
        var claims = Told.Select(pair => (pair.Claim, Value: One(answer, pair.Header)))
            .Where(pair => pair.Value.Length > 0)
            .Select(pair => new Claim(pair.Claim, pair.Value))
            .ToList();
        return claims.Exists(claim => claim.Type == "sub")
            ? AuthenticateResult.Success(new(new SharedPrincipal(new SharedIdentity(claims, scheme)), scheme))
            : throw new IssuerAwayException("The answer about a key names nobody.");
    }

    private static string One(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? Uri.UnescapeDataString(values.First()) : "";

    private sealed record Known(AuthenticateResult Caller, long At);
}
