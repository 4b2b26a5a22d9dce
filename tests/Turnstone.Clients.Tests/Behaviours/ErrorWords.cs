using System.Text.Json.Nodes;

namespace Turnstone.Clients.Tests.Behaviours;

/// <summary>What every error of every client has to say: why, and what to do, in the words of contracts.json.</summary>
internal static class ErrorWords
{
    private static readonly JsonObject Contracts = Read();

    public static void Check(JsonObject error)
    {
        var code = (string?)error["code"];
        var reused = code is not null && Has("reused", code);
        var (what, next) = (string)error["error"]! switch
        {
            "SessionEnded" => ("ended", reused ? "reused_next" : "ended_next"),
            "SignInRefused" => ("sign_in_refused", "sign_in_refused_next"),
            "RequestRefused" => ("refused", "refused_next"),
            "ServerUnavailable" => (UnavailableWord(error, code), "unavailable_next"),
            "SessionStore" => ("store", "store_next"),
            var other => throw new ArgumentException($"No row knows the error {other}."),
        };
        var said = error.ToJsonString();
        var text = (string)error["text"]!;
        Assert.True(Word(next) == (string?)error["nextStep"], said);
        Assert.True(text.EndsWith(Word(next), StringComparison.Ordinal), said);
        Assert.True(what is "store" || text.StartsWith(Word(what), StringComparison.Ordinal), said);
        Assert.True(
            (string?)error["reason"] is { Length: > 0 } reason && text.Contains(reason, StringComparison.Ordinal),
            said
        );
        Assert.True(what != "ended" || reused == (bool)error["reused"]!, said);
    }

    private static string UnavailableWord(JsonObject error, string? code) =>
        code is not null ? "too_early"
        : (string?)error["reason"] == Word("in_use") ? "in_use"
        : "unavailable";

    private static string Word(string name) => (string)Contracts["words"]![name]!;

    private static bool Has(string kind, string code) =>
        Contracts["codes"]![kind]!.AsArray().Any(one => (string?)one == code);

    private static JsonObject Read()
    {
        var file = Path.Combine(Repository.Root, "clients", "contracts.json");
        return JsonNode.Parse(File.ReadAllText(file))!.AsObject();
    }
}
