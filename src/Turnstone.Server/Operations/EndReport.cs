using Turnstone.Administration;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

/// <summary>What <c>revoke</c> has ended, or would end, as text or JSON.</summary>
internal sealed record EndReport(EndCount Count, bool Preview)
{
    /// <summary>Emails of the list that no account has.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>What goes on opening sessions, if anything does.</summary>
    public string? Remains { get; init; }

    /// <summary>The store has no row of the session.</summary>
    private bool Forgotten { get; init; }

    /// <summary>A session that the store has forgotten, if there ever was one of this id.</summary>
    public static EndReport OfForgotten(bool preview) => OfSessions(new(0), preview) with { Forgotten = true };

    public static EndReport OfSessions(SessionCount? sessions, bool preview) =>
        new(new EndCount { Sessions = sessions }, preview);

    public void Write(Output output, bool json)
    {
        if (json)
        {
            output.WriteJson(
                new
                {
                    Preview,
                    Ended = Count.Sessions?.Number,
                    More = Count.Sessions?.OrMore ?? true,
                    Count.Accounts,
                    Count.Clients,
                    Count.ApiKeys,
                    Count.Subscriptions,
                    Count.Codes,
                    Unknown,
                    Forgotten,
                }
            );
            return;
        }

        if (Forgotten)
        {
            output.WriteLine(
                Preview
                    ? "The store has no session of this id: one that it has forgotten would end."
                    : "The store has no session of this id. One that it has forgotten has ended: "
                        + "it is not opened again, and its access tokens are refused."
            );
            return;
        }

        output.WriteLine($"{(Preview ? "Would end" : "Ended")} {string.Join(", ", Parts())}.");
        if (Remains is { } sentence)
        {
            output.WriteLine(sentence);
        }

        foreach (var email in Unknown)
        {
            output.Error.WriteLine($"turnstone-server: There is no account {email}.");
        }
    }

    private IEnumerable<string> Parts()
    {
        yield return Count.Sessions is not { } sessions ? "every session of theirs"
        : sessions.OrMore ? $"{sessions.Number} sessions or more"
        : Of(sessions.Number, "session");
        foreach (
            var (number, thing) in new[]
            {
                (Count.ApiKeys, "API key"),
                (Count.Subscriptions, "subscription"),
                (Count.Clients, "client"),
                (Count.Codes, "code"),
            }
        )
        {
            if (number > 0)
            {
                yield return Of(number, thing);
            }
        }

        if (Count.Accounts > 0)
        {
            yield return $"the portal sessions of {Of(Count.Accounts, "account")}";
        }
    }

    private static string Of(int number, string thing) => $"{number} {thing}{(number == 1 ? "" : "s")}";
}
