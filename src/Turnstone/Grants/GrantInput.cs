using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Grants;

/// <summary>What a contract has decoded for a grant: its parameters, and what any grant may come with.</summary>
public sealed class GrantInput
{
    private readonly (GrantParameter Parameter, string? Text)[] values;

    private GrantInput((GrantParameter Parameter, string? Text)[] values) => this.values = values;

    /// <summary>The scopes asked for; null for all that are granted.</summary>
    public Scopes? Scopes { get; init; }

    /// <summary>What the tokens are wanted for (RFC 8707 §2); none where nothing was said.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>What the token is wanted for in particular (RFC 9396 §6); null for all that was granted.</summary>
    public AuthorizationDetails? Details { get; init; }

    /// <summary>The request's Idempotency-Key, if it had one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The text of a parameter; null for an optional one that did not come.</summary>
    public string? this[GrantParameter parameter] => Array.Find(values, value => value.Parameter == parameter).Text;

    /// <summary>No text is longer than one that is right could be.</summary>
    public bool Fits =>
        Array.TrueForAll(values, value => value.Text is null || value.Text.Length <= value.Parameter.Longest);

    /// <summary>The text of a required parameter.</summary>
    public string Required(GrantParameter parameter) =>
        this[parameter]
        ?? throw new ArgumentException($"The parameter {parameter.Name} was not read.", nameof(parameter));

    public static GrantInput Of(params (GrantParameter Parameter, string? Text)[] values) => new(values);

    public static GrantInput Of(
        (GrantParameter Parameter, string? Text) value,
        Scopes? scopes = null,
        string? idempotencyKey = null
    ) => new([value]) { Scopes = scopes, IdempotencyKey = idempotencyKey };

    /// <summary>Reads what the grant says it reads; a refusal where a required parameter is missing.</summary>
    public static Outcome<GrantInput> Read(
        Grant grant,
        Func<string, string?> read,
        Scopes? scopes,
        string? idempotencyKey,
        IReadOnlyList<string>? resources = null,
        AuthorizationDetails? details = null
    )
    {
        ArgumentNullException.ThrowIfNull(grant);
        var values = new (GrantParameter Parameter, string? Text)[grant.Parameters.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = grant.Parameters[i];
            values[i] = (parameter, read(parameter.Name));
            if (parameter.Required && values[i].Text is null)
            {
                return Refusals.Malformed($"The parameter {parameter.Name} is missing.");
            }
        }

        return new GrantInput(values)
        {
            Scopes = scopes,
            IdempotencyKey = idempotencyKey,
            Resources = resources ?? [],
            Details = details,
        };
    }

    /// <summary>Never shows a secret.</summary>
    public override string ToString() =>
        string.Join(
            ' ',
            values.Select(value => $"{value.Parameter.Name}={(value.Parameter.Secret ? "…" : value.Text)}")
        );
}
