using System.Buffers.Binary;
using System.Globalization;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens.Dpop;

/// <summary>
/// The server's nonces (RFC 9449 §8): a time under a tag that only this server can make, so that every node takes what
/// another has given and none remembers any. Within a minute they are the same.
/// </summary>
public sealed class DpopNonces(MasterKeyRing keys, TimeProvider time)
{
    /// <summary>How long one is taken.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private const string Purpose = "dpop nonce";
    private const int TimeSize = 4;
    private const int Size = TimeSize + KeyedHash.Size;
    private const int Minute = 60;

    private Given last = new(0, "");

    /// <summary>The one to send with the next proof.</summary>
    public string Current()
    {
        var minute = (uint)(time.GetUtcNow().ToUnixTimeSeconds() / Minute);
        var given = last;
        if (given.Minute != minute)
        {
            Span<byte> bytes = stackalloc byte[Size];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, minute);
            keys.Hash(Purpose, Name(minute)).CopyTo(bytes[TimeSize..]);
            last = given = new(minute, Base64UrlText.Encode(bytes));
        }

        return given.Text;
    }

    /// <summary>Whether it was given here or by another node, not long ago.</summary>
    public bool Takes(string nonce)
    {
        ArgumentNullException.ThrowIfNull(nonce);
        if (nonce.Length > 2 * Size || !Base64UrlText.TryDecode(nonce, out var bytes) || bytes.Length != Size)
        {
            return false;
        }

        var minute = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var (now, begins) = (time.GetUtcNow(), DateTimeOffset.FromUnixTimeSeconds(minute * (long)Minute));
        return begins <= now + AccessTokenLimits.Skew
            && now < begins + TimeSpan.FromSeconds(Minute) + Life
            && keys.Matches(Purpose, Name(minute), bytes[TimeSize..]);
    }

    private static string Name(uint minute) => minute.ToString(CultureInfo.InvariantCulture);

    private sealed record Given(uint Minute, string Text);
}
