namespace Turnstone.Clients.Tests.Early;

/// <summary>What a client did with a clock and a server of the test's own.</summary>
/// <param name="Leads">How many seconds before the end of its token each of many sessions refreshed.</param>
/// <param name="Pauses">How long many of them waited after their first failure, their second, and so on.</param>
/// <param name="Held">How many sessions asked before their token's end where nothing is refreshed early.</param>
/// <param name="HeldAfter">How many of those asked at its end.</param>
/// <param name="Refusals">How long many waited after their first refused sign-in, their second, and so on.</param>
/// <param name="Asked">Requests of twenty calls with a good token that is due while the server is away, twice.</param>
/// <param name="Same">Whether each of those calls got the good token.</param>
/// <param name="Renewed">Whether the next call got another one when the server was back.</param>
internal sealed record EarlyReport(
    IReadOnlyList<double> Leads,
    IReadOnlyList<IReadOnlyList<double>> Pauses,
    int Held,
    int HeldAfter,
    IReadOnlyList<IReadOnlyList<double>> Refusals,
    IReadOnlyList<int> Asked,
    bool Same,
    bool Renewed
);
