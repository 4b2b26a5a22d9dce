namespace Turnstone.Tokens;

/// <summary>What a token says of how its person signed in (RFC 9068 §2.2.1, RFC 9470 §6).</summary>
/// <param name="At">The claim <c>auth_time</c>.</param>
/// <param name="Acr">The claim <c>acr</c>.</param>
/// <param name="Methods">The claim <c>amr</c>.</param>
public sealed record Authentication(DateTimeOffset At, string Acr, IReadOnlyList<string> Methods);
