using System.Text;
using System.Text.Json;

namespace Turnstone.Server.Tests.Guards;

/// <summary>A guard as the page about the feed describes it: what it has read, and from where it goes on.</summary>
internal sealed class FollowingGuard
{
    private readonly Dictionary<string, long> ids = [];
    private readonly Dictionary<string, long> holders = [];

    public string? LastId { get; private set; }

    public long AsOf { get; private set; }

    public int Count => ids.Count + holders.Count;

    public bool Refuses(string id) => ids.ContainsKey(id);

    public bool Refuses(string holder, string name, long openedAfter) =>
        holders.TryGetValue($"{holder} {name}", out var before) && openedAfter < before;

    /// <summary>Reads what came over one connection: the event that is not whole is lost with it.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        foreach (var whole in text.Split("\n\n")[..^1])
        {
            Take(whole.Split('\n').Select(line => line.Split(": ", 2)).ToDictionary(line => line[0], line => line[1]));
        }
    }

    public void ReadAll(JsonElement document)
    {
        foreach (var some in document.GetProperty("ended").EnumerateArray())
        {
            Take(some);
        }
    }

    private void Take(Dictionary<string, string> fields)
    {
        using var data = JsonDocument.Parse(fields["data"]);
        if (fields["event"] == "current")
        {
            LastId = fields["id"];
            AsOf = data.RootElement.GetProperty("as_of").GetInt64();
        }
        else
        {
            Take(data.RootElement);
        }
    }

    private void Take(JsonElement some)
    {
        foreach (var session in Array(some, "sessions"))
        {
            ids[session.GetProperty("id").GetString()!] = session.GetProperty("until").GetInt64();
        }

        foreach (var holder in Array(some, "holders"))
        {
            var name = (string[])["client_id", "account", "api_key_id", "subscription"];
            var of = name.Select(one => holder.TryGetProperty(one, out var value) ? value.GetString() : null)
                .FirstOrDefault(one => one is not null);
            var key = $"{holder.GetProperty("holder").GetString()} {of}";
            holders[key] = Math.Max(holders.GetValueOrDefault(key), holder.GetProperty("before").GetInt64());
        }
    }

    private static JsonElement[] Array(JsonElement of, string name) =>
        of.TryGetProperty(name, out var array) ? [.. array.EnumerateArray()] : [];
}
