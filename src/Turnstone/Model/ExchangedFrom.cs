namespace Turnstone.Model;

/// <summary>
/// Through whose hands a token came that was exchanged for another (RFC 8693): what ends one of them ends it.
/// </summary>
/// <param name="Client">The client of the session; null where it has none.</param>
/// <param name="Through">The clients that exchanged a token of it before, the first one first.</param>
/// <param name="After">
/// The number of the last mark at the first exchange. What ends all of a client's tokens ends those that it exchanged
/// before; the session stands, so it may exchange again.
/// </param>
public sealed record ExchangedFrom(string? Client, IReadOnlyList<string> Through, long After);
