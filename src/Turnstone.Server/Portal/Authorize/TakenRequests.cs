using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Turnstone.Authorization;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// The way of a pushed request through sign-in and consent. Its name is good once (RFC 9126 §4) and for a minute, which
/// a sign-in may outlast: so the first visit takes the request from the store and goes on with all of it sealed in the
/// name's place, where nobody can read or change it.
/// </summary>
public sealed class TakenRequests(PushedRequests requests, IDataProtectionProvider protection, TimeProvider time)
{
    private const string Name = "request_uri";
    private const string Client = "client_id";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>Whether the request is named instead of being there itself.</summary>
    public static bool IsNamed(AuthorizationParameters parameters) =>
        parameters[Name]?.StartsWith(PushedRequests.Prefix, StringComparison.Ordinal) is true;

    /// <summary>The query to go on with, this once; null when the name is good for nothing.</summary>
    public async Task<string?> TakeAsync(AuthorizationParameters parameters, CancellationToken cancellationToken)
    {
        if (
            parameters[Client] is not { } client
            || parameters[Name] is not { } name
            || await requests.TakeAsync(name, client, cancellationToken) is not { } query
        )
        {
            return null;
        }

        var at = time.GetUtcNow().UtcTicks.ToString(CultureInfo.InvariantCulture);
        var taken = Sealer(client).Protect($"{at}\n{query}");
        return $"?{Client}={Uri.EscapeDataString(client)}&{Name}={Uri.EscapeDataString(PushedRequests.Prefix)}{taken}";
    }

    /// <summary>The request that was taken; null when this is none, another client's, or too old.</summary>
    public AuthorizationParameters? Open(AuthorizationParameters parameters)
    {
        if (parameters[Client] is not { } client || parameters[Name] is not { } name)
        {
            return null;
        }

        try
        {
            var (at, query) = Split(Sealer(client).Unprotect(name[PushedRequests.Prefix.Length..]));
            return time.GetUtcNow() - at <= Longest ? SentParameters.Parse(query, pushed: true) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector Sealer(string client) => protection.CreateProtector("pushed request", client);

    private static (DateTimeOffset At, string Query) Split(string text)
    {
        var line = text.IndexOf('\n', StringComparison.Ordinal);
        return (new(long.Parse(text.AsSpan(0, line), CultureInfo.InvariantCulture), TimeSpan.Zero), text[(line + 1)..]);
    }
}
