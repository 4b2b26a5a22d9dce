using System.Text.Json.Nodes;

namespace Turnstone.Clients.Tests.Behaviours;

/// <summary>The folder in which the clients of a row keep their session, and what is done to it from outside.</summary>
internal sealed class StoredFiles : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string[] Secrets = ["access", "refresh", "pending"];

    private readonly string parent = System.IO.Directory.CreateTempSubdirectory("turnstone-row-").FullName;

    /// <summary>It is not there before a client makes it.</summary>
    public string Folder => Path.Combine(parent, "sessions");

    private string Session => Path.Combine(Folder, "default.json");

    public static bool Knows(string word) =>
        word is "block" or "unblock" or "litter" or "damage" or "spoil" or "private";

    public async Task DoAsync(string word)
    {
        switch (word)
        {
            // A folder in the place of the new file lets no save succeed, as a full disk does.
            case "block":
                System.IO.Directory.CreateDirectory(Session + ".new");
                break;
            case "unblock":
                System.IO.Directory.Delete(Session + ".new");
                break;
            case "litter":
                await File.WriteAllTextAsync(Session + ".new", (await File.ReadAllTextAsync(Session))[..40]);
                break;
            case "damage":
                await File.WriteAllTextAsync(Session, "{");
                break;
            case "spoil":
                var state = await ReadAsync();
                state["refresh"] = "tsr_AAAA";
                await File.WriteAllTextAsync(Session, state.ToJsonString());
                break;
            case "private":
                Assert.Equal(OwnerOnly, File.GetUnixFileMode(Session));
                Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
                break;
        }
    }

    /// <summary>The key of proofs; null for none. Each client writes it in its own way.</summary>
    public string? Key() => Read()!["key"] is { } key ? (string?)(key is JsonObject ? key["d"] : key) : null;

    /// <summary>What somebody does who reads the owner's files.</summary>
    public void CopyTo(StoredFiles other)
    {
        System.IO.Directory.CreateDirectory(other.Folder);
        File.Copy(Session, other.Session);
    }

    public string RefreshToken() => (string)Read()!["refresh"]!;

    public IEnumerable<string> Tokens()
    {
        var state = Read();
        return Secrets.Select(name => (string?)state?[name]).OfType<string>();
    }

    public void Dispose() => System.IO.Directory.Delete(parent, recursive: true);

    private async Task<JsonObject> ReadAsync() => JsonNode.Parse(await File.ReadAllTextAsync(Session))!.AsObject();

    private JsonObject? Read()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Session))!.AsObject();
        }
        catch (Exception reason) when (reason is IOException or System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
