using System.CommandLine;
using System.Text.Json.Nodes;
using Turnstone.Cli.Profiles;

namespace Turnstone.Cli.Commands;

internal sealed class ProfilesCommand : Command
{
    private readonly Argument<string> name = new("name") { Description = "The profile." };
    private readonly CommandContext context;

    public ProfilesCommand(CommandContext context)
        : base("profiles", "Lists the profiles; the current one has a star.")
    {
        this.context = context;
        name.CompletionSources.Add(_ => ProfileFile.Read(context.Folders).Profiles.Keys.Order());
        var use = new Command("use", "Makes a profile the current one.") { name };
        use.SetAction(Use);
        var remove = new Command("remove", "Removes a profile and what is kept of it here. Log out first.") { name };
        remove.SetAction(RemoveAsync);
        Add(use);
        Add(remove);
        SetAction(List);
    }

    private int List(ParseResult parsed)
    {
        var all = ProfileFile.Read(context.Folders);
        var json = new JsonArray();
        var lines = new List<string>();
        foreach (var (key, profile) in all.Profiles.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var session = State(StoredTokens.Parse(PrivateFile.Read(context.Folders.SessionOf(key))), profile);
            json.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["name"] = key,
                        ["current"] = key == all.Current,
                        ["server"] = profile.Server,
                        ["contract"] = profile.Contract,
                        ["with"] = profile.With,
                        ["session"] = session,
                    }
            );
            lines.Add(
                $"{(key == all.Current ? "*" : " ")} {key, -16} {profile.Contract, -9} {profile.Server}  "
                    + $"session: {session}"
            );
        }

        return context.Terminal.Answer(json, lines);
    }

    private int Use(ParseResult parsed)
    {
        var (key, all) = Find(parsed);
        (all with { Current = key }).Write(context.Folders);
        return context.Terminal.Answer(new JsonObject { ["current"] = key }, $"{key} is the current profile now.");
    }

    private async Task<int> RemoveAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (key, all) = Find(parsed);
        using (var open = new OpenProfile(key, all.Profiles[key], context.Folders, context.Time))
        {
            await open.ForgetAsync(cancellationToken);
        }

        all.Profiles.Remove(key);
        (all.Current == key ? all with { Current = ProfileFile.Default } : all).Write(context.Folders);
        return context.Terminal.Answer(new JsonObject { ["removed"] = key }, $"{key} is removed.");
    }

    private (string Name, ProfileFile All) Find(ParseResult parsed)
    {
        var key = parsed.GetRequiredValue(name);
        var all = ProfileFile.Read(context.Folders);
        return all.Profiles.ContainsKey(key)
            ? (key, all)
            : throw new CliException(
                ExitCode.NoSession,
                "no_profile",
                "There is no profile of that name: turnstone profiles."
            );
    }

    private static string State(StoredTokens? stored, Profile profile) =>
        stored is null || !stored.AreFor(profile) ? "none"
        : stored.Ended ? "ended"
        : "open";
}
