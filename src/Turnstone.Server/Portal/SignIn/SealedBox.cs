using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>Opens what a browser sends back, which may be anything.</summary>
internal static class SealedBox
{
    /// <summary>Null if it was not sealed here, or under a key that is gone.</summary>
    public static byte[]? Open(this IDataProtector seal, byte[] box)
    {
        try
        {
            return seal.Unprotect(box);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
