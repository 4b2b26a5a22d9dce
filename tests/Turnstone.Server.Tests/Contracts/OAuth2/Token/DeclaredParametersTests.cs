using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Grants;
using Turnstone.Server.Contracts.OAuth2;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

/// <summary>
/// Rows made from what grants and endpoint declare: whatever is missing, repeated, too long or of another form is named
/// (RFC 6749 §5.2), and said how to send.
/// </summary>
public sealed class DeclaredParametersTests
{
    [Fact]
    public async Task What_is_wrong_with_a_parameter_of_a_grant_is_named()
    {
        await using var server = await StartAsync();
        var grants = server.Services.GetRequiredService<GrantTypes>().All;
        var rows = grants.SelectMany(grant => grant.Parameters.SelectMany(one => Rows(grant.GrantType!, grant, one)));

        foreach (var (form, parameter, sentence) in rows)
        {
            await CheckAsync(server, form, parameter, sentence);
        }
    }

    [Fact]
    public async Task So_is_what_is_wrong_with_a_parameter_of_every_request()
    {
        await using var server = await StartAsync();
        GrantParameter[] endpoint = [.. OAuth2Parameters.EveryGrant, .. OAuth2Parameters.Client];

        foreach (var parameter in endpoint)
        {
            var form = parameter.Name == "grant_type" ? "" : "grant_type=client_credentials&";
            if (!parameter.Many)
            {
                await CheckAsync(server, $"{form}{Pair(parameter, "a")}&{Pair(parameter, "a")}", parameter, Repeated);
            }

            await CheckAsync(server, $"{form}{Pair(parameter, TooLong(parameter))}", parameter, Oversized);
            if (parameter.Shape.Wrong is { } wrong)
            {
                await CheckAsync(server, $"{form}{Pair(parameter, wrong)}", parameter, Mistyped);
            }
        }
    }

    [Fact]
    public async Task What_nobody_has_declared_is_ignored_however_often_it_comes()
    {
        await using var server = await StartAsync();

        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=client_credentials&future=1&future=2&big={new string('a', 9_000)}",
            OwnClient.Basic
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private const string Missing = "is missing";
    private const string Repeated = "came more than once";
    private const string Oversized = "is too long";
    private const string Mistyped = "has another form";

    private static IEnumerable<(string Form, GrantParameter Parameter, string Sentence)> Rows(
        string grantType,
        Grant grant,
        GrantParameter parameter
    )
    {
        // The others as they have to be, so that the first flaw is this parameter's.
        var rest = string.Concat(
            grant
                .Parameters.Where(other => other != parameter && other.Required)
                .Select(other => $"&{Pair(other, other.Shape.Right)}")
        );
        var form = $"grant_type={Uri.EscapeDataString(grantType)}{rest}";
        if (parameter.Required)
        {
            yield return (form, parameter, Missing);
            yield return ($"{form}&{Pair(parameter, "")}", parameter, Missing);
        }

        if (!parameter.Many)
        {
            yield return ($"{form}&{Pair(parameter, "a")}&{Pair(parameter, "b")}", parameter, Repeated);
        }

        yield return ($"{form}&{Pair(parameter, TooLong(parameter))}", parameter, Oversized);
        if (parameter.Shape.Wrong is { } wrong)
        {
            yield return ($"{form}&{Pair(parameter, wrong)}", parameter, Mistyped);
        }
    }

    private static async Task CheckAsync(TurnstoneServer server, string form, GrantParameter parameter, string sentence)
    {
        using var answer = await server.FormAsync("/oauth2/token", form, OwnClient.Basic);
        var body = await answer.BodyAsync();
        var told = (string)body["error_description"]!;

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.StatusCode, (string?)body["error"]));
        Assert.StartsWith($"The parameter {parameter.Name} {sentence}", told, StringComparison.Ordinal);
        Assert.Contains(". Send ", told, StringComparison.Ordinal);
    }

    private static string Pair(GrantParameter parameter, string text) =>
        $"{parameter.Name}={Uri.EscapeDataString(text)}";

    private static string TooLong(GrantParameter parameter) => new('a', parameter.Longest + 1);

    private static async Task<TurnstoneServer> StartAsync()
    {
        var server = await Wire.StartAsync();
        string[] all = [.. server.Services.GetRequiredService<GrantTypes>().Names];
        await OwnClient.AddAsync(server, client => client with { GrantTypes = all });
        return server;
    }
}
