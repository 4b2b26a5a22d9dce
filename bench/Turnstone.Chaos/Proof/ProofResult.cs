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

    /// <summary>Whether our clients lost nothing, signed in once, gave no alarm, and all thieves were caught.</summary>
    public bool Held =>
        Ours.All(fleet => fleet is { Lost: 0, SignIns: 0, Alarms: 0 } && fleet.Caught == fleet.Sessions);

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
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {one.Name} | {one.Processes} | {one.Kills} | {one.Sessions} | {one.Requests} | {one.Faults} | "
                    + $"{one.Refreshes} | {one.Later} | {one.Lost} | {one.SignIns} | {one.Alarms} | {caught} |"
            );
        }

        return text.ToString();
    }
}
