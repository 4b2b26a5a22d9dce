using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Turnstone.Grants;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// A form that a client sent (application/x-www-form-urlencoded): UTF-8, at most 16 KiB. A parameter without a value
/// counts as absent (RFC 6749 §3.2).
/// </summary>
public sealed class FormBody
{
    private const int UsualParameters = 4;

    private static readonly SearchValues<byte> Escapes = SearchValues.Create("%+"u8);

    // In their order: a form has a few, and a list is read through faster than a table is made.
    private readonly List<KeyValuePair<string, string>> parameters;

    private FormBody(List<KeyValuePair<string, string>> parameters) => this.parameters = parameters;

    /// <summary>
    /// Null with no fault: a parameter came twice or is not UTF-8, which RFC 6749 calls an invalid request.
    /// </summary>
    public static async ValueTask<(FormBody? Body, BodyFault? Fault)> ReadAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var (form, fault) = await ReadRepeatableAsync(request, cancellationToken);
        return form?.Repeated.Any() is true ? (null, null) : (form, fault);
    }

    /// <summary>
    /// As <see cref="ReadAsync"/>; whether a parameter may come twice is for the reader to say, who knows its name.
    /// </summary>
    public static ValueTask<(FormBody? Body, BodyFault? Fault)> ReadRepeatableAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        MediaType.Is(request, "application/x-www-form-urlencoded")
            ? BodyBytes.ReadAsync(request, JsonBody.Largest, Parse, cancellationToken)
            : ValueTask.FromResult<(FormBody?, BodyFault?)>((null, BodyFault.UnsupportedMediaType));

    /// <summary>The parameter's value; null when it is absent or empty.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (sent, value) in parameters)
            {
                if (sent == name)
                {
                    return value.Length > 0 ? value : null;
                }
            }

            return null;
        }
    }

    public IReadOnlyList<KeyValuePair<string, string>> Parameters => parameters;

    /// <summary>The names that came more than once.</summary>
    public IEnumerable<string> Repeated =>
        parameters.CountBy(parameter => parameter.Key).Where(count => count.Value > 1).Select(count => count.Key);

    /// <summary>Every value that the parameter was sent with, empty ones too, in their order.</summary>
    public IReadOnlyList<string> All(string name)
    {
        List<string>? texts = null;
        foreach (var (sent, value) in parameters)
        {
            if (sent == name)
            {
                (texts ??= []).Add(value);
            }
        }

        return texts ?? (IReadOnlyList<string>)[];
    }

    /// <summary>What is wrong with the first of these parameters that is wrong; null for nothing.</summary>
    public string? FlawOf(ImmutableArray<GrantParameter> declared)
    {
        foreach (var parameter in declared)
        {
            if (parameter.FlawOf(All(parameter.Name)) is { } flaw)
            {
                return flaw;
            }
        }

        return null;
    }

    /// <summary>
    /// Percent-decoding to strict UTF-8; a stray percent sign or a broken sequence is refused rather than guessed at.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> escaped, out string decoded)
    {
        decoded = "";

        // A token, as most of what is sent, has nothing that is escaped.
        if (!escaped.ContainsAny(Escapes))
        {
            return TryRead(escaped, out decoded);
        }

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

        return TryRead(bytes[..count], out decoded);
    }

    /// <inheritdoc cref="TryDecode(ReadOnlySpan{byte}, out string)"/>
    public static bool TryDecode(string escaped, out string decoded) =>
        TryDecode(Encoding.Latin1.GetBytes(escaped), out decoded);

    private static bool TryRead(ReadOnlySpan<byte> bytes, out string text)
    {
        var good = Utf8.IsValid(bytes) && !bytes.Contains((byte)0);
        text = good ? Encoding.UTF8.GetString(bytes) : "";
        return good;
    }

    private static (FormBody? Body, BodyFault? Fault) Parse(ReadOnlyMemory<byte> bytes)
    {
        var parameters = new List<KeyValuePair<string, string>>(UsualParameters);
        var form = bytes.Span;
        foreach (var range in form.Split((byte)'&'))
        {
            var pair = form[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf((byte)'=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? default : pair[(equals + 1)..];
            if (!TryDecode(name, out var decodedName) || !TryDecode(value, out var decodedValue))
            {
                return (null, null);
            }

            parameters.Add(new(decodedName, decodedValue));
        }

        return (new FormBody(parameters), null);
    }
}
