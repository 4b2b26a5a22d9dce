using System.Globalization;
using System.Text;

namespace Turnstone.Chaos.Proof;

/// <summary>What came of one client's processes.</summary>
internal sealed record FleetResult(
    string Name,
    int Processes,
    int Sessions,
    int Requests,
    int Faults,
    int Kills,
    int Refreshes,
    int Later,
    int Lost,
    int SignIns,
    int Alarms,
    IReadOnlyList<string> Reasons
)
{
    /// <summary>Answers that killed processes left half written; they count for nothing.</summary>
    public int Torn { get; init; }

    /// <summary>What processes said that ended and were not killed.</summary>
    public IReadOnlyList<string> Died { get; init; } = [];

    /// <summary>What passed before each alarm.</summary>
    public IReadOnlyList<string> Stories { get; init; } = [];

    /// <summary>Stolen copies that were found out; null where none were played in.</summary>
    public int? Caught { get; init; }

    public static FleetResult Of(Fleet fleet) =>
        new(
            fleet.Name,
            fleet.Processes,
            fleet.Accounts.Count,
            fleet.Requests,
            fleet.Faults,
            fleet.Kills,
            fleet.Refreshes,
            fleet.Later,
            fleet.Lost,
            fleet.SignInsBeyondTheFirst,
            fleet.Alarms,
            [.. fleet.Accounts.Select(account => account.WhyEnded).OfType<string>()]
        )
        {
            Torn = fleet.Torn,
            Died = fleet.Died,
            Stories = fleet.Stories,
        };

    public string Line(string caught) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {Name} | {Processes} | {Kills} | {Sessions} | {Requests} | {Faults} | {Refreshes} | {Later} | {Lost} | "
                + $"{SignIns} | {Alarms} | {caught} |"
        );
}

/// <summary>A run and what came of it.</summary>
internal sealed record ProofResult(
    ProofPlan Plan,
    TimeSpan Took,
    int ServerKills,
    IReadOnlyList<FleetResult> Fleets,
    IReadOnlySet<string> Compared
)
{
    public IEnumerable<FleetResult> Ours => Fleets.Where(fleet => !Compared.Contains(fleet.Name));

    /// <summary>
    /// Whether our clients lost nothing, signed in once, gave no alarm and never fell over, and each thief was caught.
    /// </summary>
    public bool Held =>
        Ours.All(fleet =>
            fleet is { Lost: 0, SignIns: 0, Alarms: 0, Died.Count: 0 } && fleet.Caught == fleet.Sessions
        );

    public string Markdown()
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Seed {Plan.Seed}; {Plan.FaultPercent} of 100 requests met a fault; {ServerKills} servers killed; "
                + $"{Took.TotalSeconds:0} s."
        );
        text.AppendLine();
        text.AppendLine(
            "| client | processes | killed | sessions | requests | faults | refreshes | told to try later | "
                + "**sessions lost** | **sign-ins beyond the first** | **reuse alarms** | stolen copies caught |"
        );
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var one in Fleets)
        {
            var caught = one.Caught is { } number ? $"{number} of {one.Sessions}" : "";
            text.AppendLine(one.Line(caught));
        }

        text.AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Half-written answers of killed processes: {Fleets.Sum(fleet => fleet.Torn)}. Processes that ended and "
                + $"were not killed: {Ours.Sum(fleet => fleet.Died.Count)} of ours, "
                + $"{Fleets.Sum(fleet => fleet.Died.Count) - Ours.Sum(fleet => fleet.Died.Count)} of the others."
        );

        return text.ToString();
    }
}
