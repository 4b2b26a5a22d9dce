using System.Diagnostics.CodeAnalysis;
using Turnstone.Model;

namespace Turnstone.Credentials;

/// <summary>API keys of ours: <c>tsk_…</c>.</summary>
public static class ApiKeyText
{
    public const string Prefix = "tsk_";

    /// <summary>The longest text that can be an API key, ours or imported.</summary>
    public const int Longest = 128;

    public static string Mint(RandomSource random) => CheckedText.Mint(Prefix, random);

    /// <summary>Whether it has the shape of a key of ours, right or mistyped.</summary>
    public static bool LooksOurs([NotNullWhen(true)] string? text) => CheckedText.HasShape(Prefix, text);

    public static bool ChecksumHolds([NotNullWhen(true)] string? text) => CheckedText.Holds(Prefix, text);
}

/// <summary>Client secrets of ours: <c>tss_…</c>.</summary>
public static class ClientSecretText
{
    public const string Prefix = "tss_";

    /// <summary>The longest text that can be a client secret, ours or imported.</summary>
    public const int Longest = 256;

    public static string Mint(RandomSource random) => CheckedText.Mint(Prefix, random);

    public static bool LooksOurs([NotNullWhen(true)] string? text) => CheckedText.HasShape(Prefix, text);

    public static bool ChecksumHolds([NotNullWhen(true)] string? text) => CheckedText.Holds(Prefix, text);
}

/// <summary>Tokens by which clients change their own registration (RFC 7592): <c>tsg_…</c>.</summary>
public static class RegistrationTokenText
{
    public const string Prefix = "tsg_";

    public static string Mint(RandomSource random) => CheckedText.Mint(Prefix, random);
}

/// <summary>One-time codes: <c>tsc_…</c>, within the pattern <c>^[A-Za-z0-9._-]+$</c>.</summary>
public static class CodeText
{
    public const string Prefix = "tsc_";

    public static string Mint(RandomSource random) => CheckedText.Mint(Prefix, random);

    public static bool ChecksumHolds([NotNullWhen(true)] string? text) => CheckedText.Holds(Prefix, text);
}

/// <summary>Device codes (RFC 8628 §3.2): <c>tsd_…</c> with 256 random bits. Nobody types them.</summary>
public static class DeviceCodeText
{
    public const string Prefix = "tsd_";

    private const int Size = 32;

    private static readonly int Length = Prefix.Length + Base64UrlText.Encode(new byte[Size]).Length;

    public static string Mint(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Prefix + Base64UrlText.Encode(random.Bytes(Size));
    }

    /// <summary>Whether it can be one; any other text is not looked up.</summary>
    public static bool HasShape([NotNullWhen(true)] string? text) =>
        text?.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal);
}

/// <summary>
/// Subscription keys: exactly 32 characters, because that is what clients of the contract send; so no room for prefix
/// and checksum.
/// </summary>
public static class SubscriptionKeyText
{
    public const int Length = 32;

    public static string Mint(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Convert.ToHexStringLower(random.Bytes(Length / 2));
    }
}
