using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// A form that a client sent (application/x-www-form-urlencoded): UTF-8, at most 16 KiB, no parameter twice (RFC 6749
/// §3.2) but <c>resource</c> (RFC 8707 §2). A parameter without a value counts as absent (RFC 6749 §3.2 too).
/// </summary>
public sealed class FormBody
{
    private const int UsualParameters = 8;

    private const string Resource = "resource";

    private readonly Dictionary<string, string> parameters;
    private readonly List<string> resources;

    private FormBody(Dictionary<string, string> parameters, List<string> resources) =>
        (this.parameters, this.resources) = (parameters, resources);

    /// <summary>
    /// Null with no fault: a parameter came twice or is not UTF-8, which RFC 6749 calls an invalid request.
    /// </summary>
    public static ValueTask<(FormBody? Body, BodyFault? Fault)> ReadAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        MediaType.Is(request, "application/x-www-form-urlencoded")
            ? BodyBytes.ReadAsync(request, JsonBody.Largest, Parse, cancellationToken)
            : ValueTask.FromResult<(FormBody?, BodyFault?)>((null, BodyFault.UnsupportedMediaType));

    /// <summary>The parameter's value; null when it is absent or empty.</summary>
    public string? this[string name] => parameters.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>What the tokens are wanted for: the one parameter that may come several times.</summary>
    public IReadOnlyList<string> Resources => resources;

    /// <summary>
    /// Percent-decoding to strict UTF-8; a stray percent sign or a broken sequence is refused rather than guessed at.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> escaped, out string decoded)
    {
        decoded = "";
        var bytes = escaped.Length <= 1024 ? stackalloc byte[escaped.Length] : new byte[escaped.Length];
        var count = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] is (byte)'%')
            {
                if (
                    i + 2 >= escaped.Length
                    || !byte.TryParse(escaped.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, null, out bytes[count++])
                )
                {
                    return false;
                }

                i += 2;
            }
            else
            {
                bytes[count++] = escaped[i] is (byte)'+' ? (byte)' ' : escaped[i];
            }
        }

        if (!Utf8.IsValid(bytes[..count]) || bytes[..count].Contains((byte)0))
        {
            return false;
        }

        decoded = Encoding.UTF8.GetString(bytes[..count]);
        return true;
    }

    /// <inheritdoc cref="TryDecode(ReadOnlySpan{byte}, out string)"/>
    public static bool TryDecode(string escaped, out string decoded) =>
        TryDecode(Encoding.Latin1.GetBytes(escaped), out decoded);

    private static (FormBody? Body, BodyFault? Fault) Parse(ReadOnlyMemory<byte> bytes)
    {
        var parameters = new Dictionary<string, string>(UsualParameters, StringComparer.Ordinal);
        List<string> resources = [];
        var form = bytes.Span;
        foreach (var range in form.Split((byte)'&'))
        {
            var pair = form[range];
            var equals = pair.IndexOf((byte)'=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? default : pair[(equals + 1)..];
            if (
                pair.Length > 0
                && !(
                    TryDecode(name, out var decodedName)
                    && TryDecode(value, out var decodedValue)
                    && Take(decodedName, decodedValue)
                )
            )
            {
                return (null, null);
            }
        }

        return (new FormBody(parameters, resources), null);

        bool Take(string name, string value)
        {
            if (name != Resource)
            {
                return parameters.TryAdd(name, value);
            }

            resources.Add(value);
            return true;
        }
    }
}
