namespace Turnstone.Clients.Tests.Early;

/// <summary>What a client did with a clock and a server of the test's own.</summary>
/// <param name="Leads">How many seconds before the end of its token each of many sessions refreshed.</param>
/// <param name="Pauses">How long many of them waited after their first failure, their second, and so on.</param>
/// <param name="Asked">Requests of twenty calls with a good token that is due while the server is away, twice.</param>
/// <param name="Same">Whether each of those calls got the good token.</param>
/// <param name="Renewed">Whether the next call got another one when the server was back.</param>
internal sealed record EarlyReport(
    IReadOnlyList<double> Leads,
    IReadOnlyList<IReadOnlyList<double>> Pauses,
    IReadOnlyList<int> Asked,
    bool Same,
    bool Renewed
);
