using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// A password hash that says how it was made: <c>$id$v=…$name=number,…$salt$hash</c> with base64 without padding
/// (the PHC string format, as the Argon2 reference program writes it). The version part is optional.
/// </summary>
internal sealed record PhcString(
    string Id,
    uint? Version,
    IReadOnlyList<(string Name, uint Value)> Costs,
    byte[] Salt,
    byte[] Hash
)
{
    private const int LongestText = 512;

    public static bool TryParse(string text, [NotNullWhen(true)] out PhcString? phc)
    {
        phc = null;
        var parts = text.Length > LongestText ? [] : text.Split('$');
        if (parts.Length is not (5 or 6) || parts[0].Length != 0)
        {
            return false;
        }

        uint? version = null;
        if (parts.Length == 6)
        {
            if (!TryParseCost(parts[2], out var v) || v.Name != "v")
            {
                return false;
            }

            version = v.Value;
        }

        var costs = new List<(string, uint)>();
        foreach (var part in parts[^3].Split(','))
        {
            if (!TryParseCost(part, out var cost))
            {
                return false;
            }

            costs.Add(cost);
        }

        if (!TryDecode(parts[^2], out var salt) || !TryDecode(parts[^1], out var hash))
        {
            return false;
        }

        phc = new PhcString(parts[1], version, costs, salt, hash);
        return true;
    }

    public override string ToString()
    {
        var text = new StringBuilder().Append('$').Append(Id);
        if (Version is { } version)
        {
            text.Append(CultureInfo.InvariantCulture, $"$v={version}");
        }

        text.Append('$')
            .AppendJoin(
                ',',
                Costs.Select(cost => string.Create(CultureInfo.InvariantCulture, $"{cost.Name}={cost.Value}"))
            );
        return text.Append('$').Append(Encode(Salt)).Append('$').Append(Encode(Hash)).ToString();
    }

    private static bool TryParseCost(string part, out (string Name, uint Value) cost)
    {
        var at = part.IndexOf('=', StringComparison.Ordinal);
        cost = default;
        if (
            at < 1
            || !uint.TryParse(part.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        )
        {
            return false;
        }

        cost = (part[..at], value);
        return true;
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        var good = Convert.TryFromBase64String(padded, bytes, out var written) && written > 0;
        bytes = bytes[..written];
        return good && Encode(bytes) == text;
    }
}
