using System.Text.Json;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// What many entries of a block have in common; written once, as JSON, and hashed with each of them.
/// </summary>
internal sealed record EntryKind
{
    public required string Event { get; init; }

    public string? Refused { get; init; }

    public string? Contract { get; init; }

    /// <summary>A text of ours, which names nobody.</summary>
    public string? Detail { get; init; }

    public Guid? Actor { get; init; }

    /// <summary>Which of its fields the entry has.</summary>
    public required EntryFields Fields { get; init; }

    /// <summary>Whether the origin stands under a key of the person who acted.</summary>
    public bool OriginSealed { get; init; }

    /// <summary>Whether the words stand under a key of the account.</summary>
    public bool WordsSealed { get; init; }

    public bool Has(EntryFields fields) => (Fields & fields) == fields;

    public byte[] Write()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("event", Event);
            Text("refused", Refused);
            Text("contract", Contract);
            Text("detail", Detail);
            Text("actor", Actor?.ToString());
            json.WriteNumber("fields", (int)Fields);
            json.WriteBoolean("originSealed", OriginSealed);
            json.WriteBoolean("wordsSealed", WordsSealed);
            json.WriteEndObject();

            void Text(string name, string? value)
            {
                if (value is not null)
                {
                    json.WriteString(name, value);
                }
            }
        }

        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static EntryKind Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var root = json.RootElement;
            return new EntryKind
            {
                Event = Text("event") ?? throw new InvalidDataException("A kind has no event."),
                Refused = Text("refused"),
                Contract = Text("contract"),
                Detail = Text("detail"),
                Actor = Text("actor") is { } actor ? Guid.Parse(actor) : null,
                Fields = (EntryFields)root.GetProperty("fields").GetInt32(),
                OriginSealed = root.GetProperty("originSealed").GetBoolean(),
                WordsSealed = root.GetProperty("wordsSealed").GetBoolean(),
            };

            string? Text(string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
        }
        catch (Exception problem)
            when (problem is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException("A kind cannot be read.", problem);
        }
    }
}

[Flags]
internal enum EntryFields
{
    None = 0,
    Client = 1,

    /// <summary>Without it the entry's id is its session's.</summary>
    Id = 2,
    Account = 4,
    ApiKey = 8,
    Session = 16,
    Words = 32,
}
