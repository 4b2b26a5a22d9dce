using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Contracts.OAuthV1;

/// <summary>The parameters of a request, which may come as JSON or as a form.</summary>
internal sealed class TokenParameters
{
    public const string MediaTypes = "application/json or application/x-www-form-urlencoded";

    private const int Longest = 2048;

    private readonly Dictionary<string, string?> values;

    private TokenParameters(int count) => values = new(count, StringComparer.Ordinal);

    public string? this[string name] => values[name];

    /// <summary>Reads the named parameters and no other; an empty one counts as absent (RFC 6749 §3.2).</summary>
    public static async ValueTask<(TokenParameters? Parameters, IResult? Fault)> ReadAsync(
        HttpRequest request,
        CancellationToken cancellationToken,
        params string[] names
    )
    {
        var parameters = new TokenParameters(names.Length);
        if (MediaType.Is(request, "application/x-www-form-urlencoded"))
        {
            var (form, formFault) = await FormBody.ReadAsync(request, cancellationToken);
            return form is null
                ? (null, OAuthError.Of(formFault, MediaTypes))
                : parameters.Take(
                    names,
                    name => form[name] is { Length: > Longest } ? (null, MemberFault.TooLong) : (form[name], null)
                );
        }

        var (json, fault) = await JsonBody.ReadAsync(request, cancellationToken);
        return json is null
            ? (null, OAuthError.Of(fault, MediaTypes))
            : parameters.Take(names, name => json.OptionalText(name, Longest));
    }

    private (TokenParameters? Parameters, IResult? Fault) Take(
        string[] names,
        Func<string, (string? Text, MemberFault? Fault)> read
    )
    {
        foreach (var name in names)
        {
            var (text, fault) = read(name);
            if (fault is not null)
            {
                return (
                    null,
                    OAuthError.Malformed($"The parameter {name} must be a text of at most {Longest} characters.")
                );
            }

            values[name] = text is { Length: > 0 } ? text : null;
        }

        return (this, null);
    }
}
