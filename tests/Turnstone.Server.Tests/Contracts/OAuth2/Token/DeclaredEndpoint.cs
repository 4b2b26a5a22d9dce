using System.Collections.Immutable;
using System.Net;
using Turnstone.Grants;
using Turnstone.Server.Contracts.OAuth2;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

/// <summary>A request in which one parameter is wrong, and how the answer has to begin.</summary>
internal sealed record DeclaredRow(string Path, ProvingWay Way, (string Name, string Text)[] Form, string Sentence)
{
    /// <summary>Whose own name has a flaw is not sent once more by the proof.</summary>
    public required string Flawed { get; init; }

    public HttpStatusCode Status { get; init; } = HttpStatusCode.BadRequest;
}

/// <summary>An endpoint, or one grant of the token endpoint, and what it declares.</summary>
internal sealed record DeclaredEndpoint(string Path, string? GrantType, ImmutableArray<GrantParameter> Declared)
{
    private const int LongestForm = 16 * 1024;

    public static IEnumerable<DeclaredEndpoint> All(IEnumerable<Grant> grants) =>
        [
            .. grants.Select(grant => new DeclaredEndpoint(
                "/oauth2/token",
                grant.GrantType,
                [.. OAuth2Parameters.EveryGrant, .. grant.Parameters]
            )),
            new("/oauth2/revoke", null, OAuth2Parameters.OneToken),
            new("/oauth2/introspect", null, OAuth2Parameters.OneToken),
            new("/oauth2/device_authorization", null, OAuth2Parameters.DeviceRequest),
            new("/oauth2/par", null, []),
        ];

    /// <summary>A client that proves nothing may not introspect, whatever it sends.</summary>
    public bool Takes(ProvingWay way) => way is not ProvingWay.Nothing || Path != "/oauth2/introspect";

    /// <summary>Each flaw of each parameter, with the others as they have to be.</summary>
    public IEnumerable<DeclaredRow> Rows(ProvingWay way)
    {
        foreach (var parameter in Declared.AddRange(OAuth2Parameters.Client))
        {
            (string, string)[] right = [.. Right().Where(pair => pair.Name != parameter.Name)];
            foreach (var (texts, flaw) in Flaws(parameter, way))
            {
                (string, string)[] form = [.. right, .. texts.Select(text => (parameter.Name, text))];
                if (texts.Any(text => text.Length > LongestForm))
                {
                    yield return new(Path, way, form, "The body is larger than 16 KiB")
                    {
                        Flawed = parameter.Name,
                        Status = HttpStatusCode.RequestEntityTooLarge,
                    };
                    continue;
                }

                yield return new(Path, way, form, $"The parameter {parameter.Name} {flaw}") { Flawed = parameter.Name };
            }
        }
    }

    private IEnumerable<(string Name, string Text)> Right() =>
        Declared
            .Where(parameter => parameter.Required)
            .Select(parameter => (parameter.Name, parameter.Shape.Right))
            .Concat(GrantType is null ? [] : [(OAuth2Parameters.GrantType.Name, GrantType)]);

    private static IEnumerable<(string[] Texts, string Flaw)> Flaws(GrantParameter parameter, ProvingWay way)
    {
        // The two of an assertion need each other (RFC 7521 §4.2).
        var halfOfProof =
            way is ProvingWay.SignedJwt
            && (parameter == OAuth2Parameters.Assertion || parameter == OAuth2Parameters.AssertionType);
        if (parameter.Required || halfOfProof)
        {
            yield return ([], "is missing");
            yield return ([""], "is missing");
        }

        if (!parameter.Many)
        {
            yield return (["a", "b"], "came more than once");
            yield return ([parameter.Shape.Right, parameter.Shape.Right], "came more than once");
        }

        yield return ([new('a', parameter.Longest + 1)], "is too long");
        if (parameter.Shape.Wrong is { } wrong)
        {
            yield return ([wrong], "has another form");
        }
    }
}
