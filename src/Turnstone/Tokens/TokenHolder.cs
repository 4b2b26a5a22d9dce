using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>
/// The claim <c>holder</c> of a token whose subject is pairwise: the account, sealed so that this server alone knows
/// it. What ends an account's sessions names the account, and has to find its tokens.
/// </summary>
public static class TokenHolder
{
    private const string Purpose = "holder of a token";
    private const int LongestText = 256;

    public static string Seal(MasterKeyRing keys, Guid accountId, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Base64UrlText.Encode(keys.Seal(Purpose, accountId.ToByteArray(bigEndian: true), random));
    }

    /// <summary>False for what was not sealed here: a token whose holder is not known must not pass.</summary>
    internal static bool TryOpen(MasterKeyRing? keys, string? text, out Guid? accountId)
    {
        accountId = null;
        if (text is null)
        {
            return true;
        }

        if (keys is null || text.Length > LongestText || !Base64UrlText.TryDecode(text, out var box))
        {
            return false;
        }

        try
        {
            accountId = new Guid(keys.Open(Purpose, box), bigEndian: true);
            return true;
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
