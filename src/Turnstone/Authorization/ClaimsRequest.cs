using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Authorization;

/// <summary>
/// What the parameter <c>claims</c> asks for (OpenID Connect Core §5.5). It adds nothing to what the scopes allow: a
/// claim is given if the scope that covers it is, so that the person consents to it. An unknown one is passed over.
/// </summary>
public sealed record ClaimsRequest
{
    public static ClaimsRequest None { get; } = new();

    private const int LongestText = 2048;

    // The claims that a scope covers, each with its scope.
    private static readonly Dictionary<string, string> Covered = new(StringComparer.Ordinal)
    {
        ["email"] = IdentityScopes.Email,
        ["email_verified"] = IdentityScopes.Email,
    };

    /// <summary>The claims that the ID token is to have beside its own.</summary>
    public IReadOnlyList<string> InIdToken { get; private init; } = [];

    /// <summary>The scopes that cover what is asked for, here or there.</summary>
    public Scopes Scopes { get; private init; } = Scopes.None;

    // Each part may name those that it wants (§5.5.1).
    private IReadOnlyList<IReadOnlyList<string>> Wanted { get; init; } = [];

    /// <summary>Whether it is content with this person: the claim <c>sub</c> that the client would get.</summary>
    public bool Allows(string subject) => Wanted.All(subjects => subjects.Contains(subject, StringComparer.Ordinal));

    /// <summary>The same, and content with this person alone (§3.1.2.2).</summary>
    public ClaimsRequest For(string subject) => this with { Wanted = [.. Wanted, [subject]] };

    /// <summary>False for what is not an object of objects, as the standard has it.</summary>
    public static bool TryRead(string? text, [NotNullWhen(true)] out ClaimsRequest? request)
    {
        request = text is null ? None : null;
        if (request is not null)
        {
            return true;
        }

        if (text!.Length > LongestText || !StrictJson.TryParse(Encoding.UTF8.GetBytes(text), out var document))
        {
            return false;
        }

        using (document)
        {
            var root = document.RootElement;
            List<IReadOnlyList<string>> wanted = [];
            if (
                !Fits(root, "id_token"u8, wanted, out var inIdToken)
                || !Fits(root, "userinfo"u8, wanted, out var inUserinfo)
            )
            {
                return false;
            }

            request = new ClaimsRequest
            {
                InIdToken = [.. inIdToken.Where(Covered.ContainsKey)],
                Scopes = Scopes.Of(
                    inIdToken.Concat(inUserinfo).Where(Covered.ContainsKey).Select(name => Covered[name]).Distinct()
                ),
                Wanted = wanted,
            };
            return true;
        }
    }

    // A claim is null, or an object that says more about it.
    private static bool Fits(
        JsonElement root,
        ReadOnlySpan<byte> name,
        List<IReadOnlyList<string>> wanted,
        out List<string> claims
    )
    {
        claims = [];
        if (!root.TryGetProperty(name, out var part) || part.ValueKind is JsonValueKind.Null)
        {
            return true;
        }

        if (part.ValueKind is not JsonValueKind.Object)
        {
            return false;
        }

        foreach (var claim in part.EnumerateObject())
        {
            if (
                claim.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object)
                || (claim.NameEquals("sub"u8) && !TryWanted(claim.Value, wanted))
            )
            {
                return false;
            }

            claims.Add(claim.Name);
        }

        return true;
    }

    // One value, or several of which each will do. What names nobody must not pass for what names everybody.
    private static bool TryWanted(JsonElement sub, List<IReadOnlyList<string>> wanted)
    {
        if (sub.ValueKind is JsonValueKind.Null)
        {
            return true;
        }

        if (sub.TryGetProperty("value"u8, out var value))
        {
            wanted.Add([StrictJson.Text(value) ?? ""]);
        }

        if (sub.TryGetProperty("values"u8, out var values))
        {
            wanted.Add(
                values.ValueKind is JsonValueKind.Array
                    ? [.. values.EnumerateArray().Select(one => StrictJson.Text(one) ?? "")]
                    : []
            );
        }

        return wanted.TrueForAll(subjects => subjects.Count > 0 && !subjects.Contains(""));
    }
}
