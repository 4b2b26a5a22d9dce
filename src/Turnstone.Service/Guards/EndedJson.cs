using System.Text.Json;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Storage;

namespace Turnstone.Server.Guards;

/// <summary>What has ended, as the feed writes it (docs/revocation-feed.md).</summary>
internal static class EndedJson
{
    /// <summary>The members <c>sessions</c> and <c>holders</c>, each only where there are any.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Ended> all)
    {
        if (all.Any(ended => ended.Session is not null))
        {
            json.WriteStartArray("sessions");
            foreach (var ended in all)
            {
                Write(json, ended.Session);
            }

            json.WriteEndArray();
        }

        if (all.Any(ended => ended.Mark is not null))
        {
            json.WriteStartArray("holders");
            foreach (var ended in all)
            {
                Write(json, ended.Mark);
            }

            json.WriteEndArray();
        }
    }

    private static void Write(Utf8JsonWriter json, RevokedSession? session)
    {
        if (session is null)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("id", session.Id.ToString());
        if (session.OwnTokenOf is { } client)
        {
            json.WriteString("client_id", client);
        }

        // A second more than asked: the fraction is dropped.
        json.WriteNumber("until", (session.AccessDeadAt + AccessTokenLimits.Skew).ToUnixTimeSeconds() + 1);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, HolderMark? mark)
    {
        if (mark is null)
        {
            return;
        }

        var holder = mark.Holder;
        json.WriteStartObject();
        json.WriteString("holder", JsonNamingPolicy.SnakeCaseLower.ConvertName($"{holder.Kind}"));
        if (holder.AccountId is { } account)
        {
            json.WriteString("account", account);
        }

        if (holder.ClientId is { } client)
        {
            json.WriteString("client_id", client);
        }

        if (holder.ApiKeyId is { } key)
        {
            json.WriteString("api_key_id", key);
        }

        if (holder.SubscriptionId is { } subscription)
        {
            json.WriteString("subscription", subscription);
        }

        if (holder.SubscriptionKeyName is { } slot)
        {
            json.WriteString("subscription_key", slot);
        }

        json.WriteNumber("before", mark.Number);
        if (mark.Except is { } except)
        {
            json.WriteString("except", except.ToString());
        }

        json.WriteNumber("until", (mark.At + AccessTokenLimits.LongestLifetime).ToUnixTimeSeconds() + 1);
        json.WriteEndObject();
    }
}
