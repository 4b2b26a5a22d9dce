using System.Text.Json.Nodes;

namespace Turnstone.Chaos.Proof;

/// <summary>
/// Copies every stored session and plays the copies in: every other one before its owner's next refresh, the rest after
/// it. A copy is caught when its session has ended and the owner was told why.
/// </summary>
internal static class Thieves
{
    public static async Task<int> CaughtAsync(Fleet fleet, string folder)
    {
        var caught = 0;
        foreach (var (number, account) in fleet.Accounts.Index())
        {
            var copy = Path.Combine(folder, $"stolen-{fleet.Name}-{number}");
            Copy(account.Folder, copy);
            var stolen = new Account(account.Contract, copy, new Dictionary<string, string>(account.Credentials));
            if (number % 2 == 0)
            {
                await fleet.AskOnceAsync(stolen, "refresh");
            }
            else
            {
                await fleet.AskOnceAsync(account, "refresh");
                await fleet.AskOnceAsync(stolen, "refresh");
            }

            caught += IsAlarm(await fleet.AskOnceAsync(account, "refresh")) ? 1 : 0;
        }

        return caught;
    }

    private static bool IsAlarm(JsonObject answer) =>
        (string?)answer["error"] == "SessionEnded" && (string?)answer["code"] == "token_reused";

    private static void Copy(string from, string to)
    {
        System.IO.Directory.CreateDirectory(to);
        File.Copy(Path.Combine(from, "default.json"), Path.Combine(to, "default.json"), overwrite: true);
    }
}
