using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Turnstone.AspNetCore.Feed;

/// <summary>Everything whose end ends a token, by the names of the feed (docs/revocation-feed.md).</summary>
internal sealed class TokenHolders
{
    private readonly List<(string Holder, long Since)> all = [];

    private TokenHolders() { }

    public Guid Session { get; private init; }

    public Guid? Token { get; private init; }

    /// <summary>The clients whose own tokens are ended one by one.</summary>
    public IReadOnlyList<string> Clients { get; private init; } = [];

    /// <summary>Each with the number from which on its end counts.</summary>
    public IReadOnlyList<(string Holder, long Since)> All => all;

    /// <summary>
    /// The subject is the name of a person at one host alone: which account it is, only the issuer can tell. Then the
    /// number from which on an end of accounts may be its own.
    /// </summary>
    public long? HiddenSince { get; private init; }

    /// <summary>Null for a token without a session, or with members of another kind.</summary>
    public static TokenHolders? Of(JsonWebToken token)
    {
        if (
            !EndedIds.TryParse(Text(token, "sid"), out var session)
            || !TryOpenedAfter(token, out var opened)
            || !TryExchanged(token, opened, out var exchanged)
        )
        {
            return null;
        }

        var client = Text(token, "client_id");
        var hidden = token.TryGetClaim("holder", out _);
        var account = !hidden && token.Subject != client && Guid.TryParse(token.Subject, out _) ? token.Subject : null;
        var found = new TokenHolders
        {
            Session = session,
            Token = EndedIds.TryParse(token.Id, out var own) ? own : null,
            Clients = [.. new[] { client, exchanged?.Client }.OfType<string>().Distinct(StringComparer.Ordinal)],
            HiddenSince = hidden ? Math.Min(opened, exchanged?.After ?? opened) : null,
        };
        found.Add(account, client, opened, exchanged, hidden);
        found.AddKeys(Text(token, "api_key_id"), Text(token, "subscription"), opened);
        return found;
    }

    private void Add(string? account, string? client, long opened, Exchanged? exchanged, bool hidden)
    {
        var after = exchanged?.After ?? opened;
        all.Add(("everyone", opened));
        Add(account is null ? null : $"account\n{account}", opened);
        if (client is not null)
        {
            all.Add(($"client\n{client}", after));
            Add(account is null ? null : $"consent\n{account}\n{client}", opened);
            Add(account is null && !hidden && exchanged is null ? $"own_tokens\n{client}" : null, opened);
        }

        if (exchanged is null)
        {
            return;
        }

        if (exchanged.Client is { } first)
        {
            all.Add(($"client\n{first}", opened));
            all.Add((account is null ? $"own_tokens\n{first}" : $"consent\n{account}\n{first}", opened));
        }

        AddActing(client, account, opened, after);
        foreach (var through in exchanged.Through)
        {
            all.Add(($"client\n{through}", after));
            AddActing(through, account, opened, after);
        }
    }

    private void AddActing(string? client, string? account, long opened, long after)
    {
        Add(client is null ? null : $"own_tokens\n{client}", after);
        Add(client is null || account is null ? null : $"delegation\n{account}\n{client}", opened);
        Add(client is null || account is null ? null : $"consent\n{account}\n{client}", opened);
    }

    private void AddKeys(string? apiKey, string? subscription, long opened)
    {
        Add(apiKey is null ? null : $"api_key\n{apiKey}", opened);
        if (subscription?.Split(':', 2) is [var id, _])
        {
            all.Add(($"subscription\n{id}", opened));
            all.Add(($"subscription_key\n{subscription}", opened));
        }
    }

    private void Add(string? holder, long since)
    {
        if (holder is not null)
        {
            all.Add((holder, since));
        }
    }

    private static string? Text(JsonWebToken token, string name) =>
        token.TryGetPayloadValue<string>(name, out var text) ? text : null;

    // Without one, a million times iat stands in its place.
    private static bool TryOpenedAfter(JsonWebToken token, out long opened)
    {
        opened = new DateTimeOffset(token.IssuedAt).ToUnixTimeSeconds() * 1_000_000;
        return !token.TryGetClaim("opened_after", out _) || token.TryGetPayloadValue("opened_after", out opened);
    }

    private static bool TryExchanged(JsonWebToken token, long opened, out Exchanged? exchanged)
    {
        exchanged = null;
        if (!token.TryGetClaim("exchanged_from", out _))
        {
            return true;
        }

        if (
            !token.TryGetPayloadValue<JsonElement>("exchanged_from", out var json)
            || json.ValueKind is not JsonValueKind.Object
            || !json.TryGetProperty("after", out var number)
            || number.ValueKind is not JsonValueKind.Number
            || !number.TryGetInt64(out var after)
        )
        {
            return false;
        }

        exchanged = new(
            json.TryGetProperty("client", out var client) ? client.GetString() : null,
            json.TryGetProperty("through", out var through)
                ? [.. through.EnumerateArray().Select(one => one.GetString()).OfType<string>()]
                : [],
            after
        );
        return true;
    }

    private sealed record Exchanged(string? Client, string[] Through, long After);
}
