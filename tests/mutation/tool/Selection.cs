using System.Security.Cryptography;
using System.Text;

namespace Turnstone.Mutation;

/// <summary>
/// Which mutants are tried: two thirds of sources that decide who gets in and who stays, the others of the rest; in
/// turn from every source, so that a long one does not take the place of the short ones.
/// </summary>
internal static class Selection
{
    private static readonly string[] Deciding =
    [
        "/Grants/",
        "/Limits/",
        "/Revocation/",
        "/Sessions/",
        "/Scopes",
        "/SessionHolder",
        "/Receipt",
        "/RefreshToken",
        "/AccessTokenReader",
        "/ProvenTokens",
        "/SigningKeyRing",
        "/KeyCalendar",
        "/MasterKey",
        "/OneTimeCode",
        "/CodeStore",
        "/ApiKey",
        "/PasswordCheck",
        "/ClientAuthentication",
        "/SubscriptionGate",
        "/Pkce",
        "/SecretTexts",
        "/AuthorizationCheck",
        "/AccountStore",
    ];

    public static List<Mutant> Of(IEnumerable<Mutant> reached, string seed, int count)
    {
        var byWeight = reached.ToLookup(mutant =>
            Deciding.Any(word => mutant.File.Contains(word, StringComparison.Ordinal))
        );
        var deciding = InTurn(byWeight[true], seed).Take(count * 2 / 3).ToList();
        return [.. deciding, .. InTurn(byWeight[false], seed).Take(count - deciding.Count)];
    }

    private static IEnumerable<Mutant> InTurn(IEnumerable<Mutant> mutants, string seed) =>
        mutants
            .GroupBy(mutant => mutant.File)
            .SelectMany(file => file.OrderBy(mutant => Place(mutant, seed)).Index())
            .OrderBy(turn => turn.Index)
            .ThenBy(turn => Place(turn.Item, seed))
            .Select(turn => turn.Item);

    // The same seed gives the same order, whatever is added elsewhere.
    private static string Place(Mutant mutant, string seed) =>
        Convert.ToHexString(
            SHA256.HashData(
                Encoding.UTF8.GetBytes($"{seed}\n{mutant.File}\n{mutant.Kind}\n{mutant.Text}\n{mutant.Line}")
            )
        );
}
