using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Turnstone.Server.Tests.Portal.Administration;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>Every page speaks one language: no words of the English one stand in the German one.</summary>
public sealed partial class EveryPageLanguageTests
{
    // Letters go to addresses, and speak both languages where that of the reader is not known.
    private const string Outbox = "/portal/outbox";

    [Fact]
    public async Task No_words_of_the_English_page_stand_in_the_German_one()
    {
        await using var server = await Reference.ReferenceTests.StartAsync();
        await server.ChangeAsync(Known.Email, account => account.Administrator = true);
        using var visitor = await Visitor.SignedInAsync(server);
        var paths = server
            .Routes()
            .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
            .Select(endpoint => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}")
            .Where(path => !path.Contains('{', StringComparison.Ordinal))
            .Where(path => path.StartsWith("/portal", StringComparison.Ordinal) && path != Outbox)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        var wrong = new List<string>();
        var seen = 0;
        foreach (var path in paths)
        {
            var english = await TextsAsync(visitor, path, "en");
            var german = await TextsAsync(visitor, path, "de");
            seen += german.Count > 0 ? 1 : 0;
            wrong.AddRange(english.Intersect(german).Select(text => $"{path}: {text}"));
        }

        Assert.True(seen > 30, $"Only {seen} pages were read.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>What is between the tags of the page and has two words or more; names and values are code.</summary>
    private static async Task<List<string>> TextsAsync(Visitor visitor, string path, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept-Language", language);
        using var answer = await visitor.Http.SendAsync(request, TestContext.Current.CancellationToken);
        if (
            answer.StatusCode is not HttpStatusCode.OK
            || answer.Content.Headers.ContentType?.MediaType is not "text/html"
        )
        {
            return [];
        }

        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return
        [
            .. Tag()
                .Split(Unread().Replace(page, "<>"))
                .Select(text => Spaces().Replace(WebUtility.HtmlDecode(text), " ").Trim())
                .Where(text => Words().IsMatch(text))
                .Distinct(),
        ];
    }

    [GeneratedRegex(@"<(code|pre|script|style|option|time)\b.*?</\1>|<head>.*?</head>", RegexOptions.Singleline)]
    private static partial Regex Unread();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\p{L}{2,},? \p{L}{2,}")]
    private static partial Regex Words();
}
