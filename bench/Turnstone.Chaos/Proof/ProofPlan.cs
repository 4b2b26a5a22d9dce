namespace Turnstone.Chaos.Proof;

/// <summary>How large a run is, and what is done to it.</summary>
/// <param name="Seed">Repeats the faults and the choice of what is killed.</param>
/// <param name="Sessions">Sessions of each client.</param>
/// <param name="Processes">Processes of each client; several share a session.</param>
/// <param name="Refreshes">How many refreshes of each client the server has to grant.</param>
/// <param name="FaultPercent">How many requests in a hundred meet a fault.</param>
/// <param name="BetweenKills">How long from the end of one client's process to the next.</param>
/// <param name="BetweenServerKills">How long from the end of one server to the next.</param>
/// <param name="Compared">How long the clients run that ours are compared with.</param>
internal sealed record ProofPlan(
    ulong Seed,
    int Sessions,
    int Processes,
    int Refreshes,
    int FaultPercent,
    TimeSpan BetweenKills,
    TimeSpan BetweenServerKills,
    TimeSpan Compared
)
{
    /// <summary>200 processes of our clients, 5,000 refreshes of each.</summary>
    public static ProofPlan Full(ulong seed) =>
        new(
            seed,
            20,
            67,
            5_000,
            20,
            TimeSpan.FromMilliseconds(750),
            TimeSpan.FromSeconds(10),
            TimeSpan.FromMinutes(2)
        );

    /// <summary>What every run of the tests can afford.</summary>
    public static ProofPlan Short(ulong seed) =>
        new(
            seed,
            2,
            4,
            60,
            25,
            TimeSpan.FromMilliseconds(700),
            TimeSpan.FromSeconds(4),
            TimeSpan.FromSeconds(20)
        );

    /// <summary>
    /// With so many times as long between the kills. Where starting what was killed takes the whole machine, nothing
    /// would be left for the clients.
    /// </summary>
    public ProofPlan Slower(int pace) =>
        this with
        {
            BetweenKills = BetweenKills * pace,
            BetweenServerKills = BetweenServerKills * pace,
        };
}
