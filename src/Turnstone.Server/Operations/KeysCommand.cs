using System.CommandLine;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Operations;

internal sealed class KeysCommand : Command
{
    public KeysCommand(CommandHost context)
        : base("keys", "Lists, rotates and retires the keys that sign access tokens.")
    {
        Add(List(context));
        Add(Rotate(context));
        Add(Retire(context));
    }

    private static Command List(CommandHost context)
    {
        var json = Output.JsonOption();
        var command = new Command("list", "Lists every signing key with its schedule.") { json };
        command.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var ring = services.GetRequiredService<SigningKeyRing>();
                        await ring.LoadAsync(cancel);
                        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
                        Show(
                            context.Output,
                            [.. ring.All.Select(key => Line.Of(key, ring, now))],
                            parsed.GetValue(json)
                        );
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Command Rotate(CommandHost context)
    {
        var algorithm = new Option<SigningAlgorithm?>("--algorithm") { Description = "ES256 or RS256; default: both." };
        var json = Output.JsonOption();
        var command = new Command(
            "rotate",
            "Publishes a successor now; it signs about a day later, when every verifier can know it."
        )
        {
            algorithm,
            json,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var ring = services.GetRequiredService<SigningKeyRing>();
                        await ring.TendAsync(cancel);
                        List<Line> lines = [];
                        foreach (
                            var each in parsed.GetValue(algorithm) is { } one
                                ? [one]
                                : Enum.GetValues<SigningAlgorithm>()
                        )
                        {
                            var key = await ring.RotateAsync(each, Caller.Operator, cancel);
                            lines.Add(Line.Of(key, ring, services.GetRequiredService<TimeProvider>().GetUtcNow()));
                        }

                        Show(context.Output, lines, parsed.GetValue(json));
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Command Retire(CommandHost context)
    {
        var kid = new Argument<string>("KID") { Description = "The key's name, as keys list shows it." };
        var json = Output.JsonOption();
        var command = new Command(
            "retire",
            "Retires a leaked key at once: its tokens are refused from now on, and a successor signs."
        )
        {
            kid,
            json,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var ring = services.GetRequiredService<SigningKeyRing>();
                        await ring.LoadAsync(cancel);
                        var name = parsed.GetValue(kid)!;
                        if (!await ring.RetireAsync(name, Caller.Operator, cancel))
                        {
                            return context.Output.Refuse(
                                $"There is no signing key {name}: see turnstone-server keys list."
                            );
                        }

                        if (parsed.GetValue(json))
                        {
                            return context.Output.Changed(name, "retired", changed: true, json: true);
                        }

                        context.Output.WriteLine(
                            $"Retired {name}. Running servers follow within seconds; "
                                + "verifiers elsewhere when they read the JWKS again."
                        );
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static void Show(Output output, IReadOnlyList<Line> lines, bool json)
    {
        if (json)
        {
            output.WriteJson(lines);
            return;
        }

        output.WriteTable(
            ["Kid", "Algorithm", "State", "Published", "Signs from", "Retired"],
            lines.Select(line =>
                (IReadOnlyList<string>)
                    [
                        line.Kid,
                        line.Algorithm,
                        line.State,
                        $"{line.PublishedAt:u}",
                        $"{line.SignsFrom:u}",
                        line.RetiredAt is { } at ? $"{at:u}" : "—",
                    ]
            )
        );
    }

    private sealed record Line(
        string Kid,
        string Algorithm,
        string State,
        DateTimeOffset PublishedAt,
        DateTimeOffset SignsFrom,
        DateTimeOffset? RetiredAt
    )
    {
        public static Line Of(SigningKey key, SigningKeyRing ring, DateTimeOffset now)
        {
            var state =
                key.RetiredAt is not null ? "retired"
                : ring.Signing(key.Algorithm).Kid == key.Kid ? "signs"
                : key.SignsFrom > now ? "waiting"
                : "verifies";
            return new(key.Kid, key.Algorithm.ToString(), state, key.PublishedAt, key.SignsFrom, key.RetiredAt);
        }
    }
}
