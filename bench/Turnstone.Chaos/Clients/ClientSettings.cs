using System.Text.Json.Nodes;

namespace Turnstone.Chaos.Clients;

/// <summary>Which session a client's process holds.</summary>
internal sealed record ClientSettings(
    Uri Server,
    string Contract,
    IReadOnlyDictionary<string, string> Credentials,
    string Folder
)
{
    public int TimeoutSeconds { get; init; } = 20;

    public int PatienceSeconds { get; init; } = 40;

    /// <summary>How far its clock is wrong, in seconds.</summary>
    public int Clock { get; init; }

    public JsonObject Json() =>
        new()
        {
            ["server"] = Server.ToString().TrimEnd('/'),
            ["contract"] = Contract,
            ["credentials"] = new JsonObject(
                Credentials.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))
            ),
            ["folder"] = Folder,
            ["timeout"] = TimeoutSeconds,
            ["patience"] = PatienceSeconds,
            ["clock"] = Clock,
        };
}
