using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>
/// What holds for every page there is, and for those still to come: they are read off the server's own routes.
/// </summary>
public sealed partial class EveryPageTests
{
    private static readonly string[] Guards =
    [
        "Content-Security-Policy",
        "X-Frame-Options",
        "X-Content-Type-Options",
        "Referrer-Policy",
    ];

    [Theory]
    [InlineData(null)]
    [InlineData(Known.Email)]
    public async Task Every_page_goes_out_with_its_guards_and_is_kept_nowhere(string? email)
    {
        await using var server = await Reference.ReferenceTests.StartAsync();
        using var visitor = email is null ? new Visitor(server) : await Visitor.SignedInAsync(server, email);
        var paths = PathsOf(server);
        Assert.True(paths.Count > 40, $"Only {paths.Count} pages were found.");

        foreach (var path in paths.SelectMany(path => (string[])[path, $"{path}/", path.ToUpperInvariant()]))
        {
            using var answer = await visitor.GetAsync(path);
            var headers = answer.Headers.ToDictionary(
                header => header.Key,
                header => string.Join(' ', header.Value),
                StringComparer.OrdinalIgnoreCase
            );

            Assert.True((int)answer.StatusCode < 500, $"{path}: {answer.StatusCode}");
            Assert.All(
                Guards,
                guard => Assert.True(headers.ContainsKey(guard), $"{path} ({answer.StatusCode}) comes without {guard}.")
            );
            Assert.Contains("frame-ancestors 'none'", headers["Content-Security-Policy"], StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", headers["Content-Security-Policy"], StringComparison.Ordinal);
            Assert.Contains("no-store", headers["Cache-Control"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_form_that_brings_no_token_is_refused_by_every_page()
    {
        await using var server = await Reference.ReferenceTests.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        foreach (var path in PathsOf(server))
        {
            using var answer = await visitor.PostAsync(path, ("Email", "x"), ("decision", "allow"));

            Assert.True(
                answer.StatusCode
                    is HttpStatusCode.BadRequest
                        or HttpStatusCode.NotFound
                        or HttpStatusCode.MethodNotAllowed,
                $"{path}: {answer.StatusCode}"
            );
        }
    }

    private static List<string> PathsOf(TurnstoneServer server) =>
        [
            .. server
                .Routes()
                .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
                .Select(endpoint =>
                    "/"
                    + Parameter()
                        .Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), "01a1fd40-afd8-71be-85a5-eb60255c2086")
                )
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
