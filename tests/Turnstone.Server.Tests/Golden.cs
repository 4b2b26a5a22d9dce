using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests;

/// <summary>
/// Answers as they are on the wire, kept beside the tests and compared byte for byte once tokens and ids are replaced
/// by their names; the clock of the tests stands, so times are what they are. TURNSTONE_UPDATE_GOLDEN=1 writes them
/// anew, to be read in the diff.
/// </summary>
internal static partial class Golden
{
    private static readonly string[] Headers =
    [
        "Access-Control-Allow-Origin",
        "Allow",
        "Cache-Control",
        "Content-Type",
        "Deprecation",
        "Error-Code",
        "ETag",
        "Link",
        "Pragma",
        "Retry-After",
        "Sunset",
        "WWW-Authenticate",
    ];

    private static bool Updating => Environment.GetEnvironmentVariable("TURNSTONE_UPDATE_GOLDEN") == "1";

    /// <summary>Compares an answer with <c>Golden/NAME.http</c> beside the test's own file.</summary>
    public static async Task CheckAsync(HttpResponseMessage response, string name, [CallerFilePath] string test = "")
    {
        // Not even a file that is written anew may hold one.
        Assert.NotEqual(System.Net.HttpStatusCode.InternalServerError, response.StatusCode);
        CheckText(await RenderAsync(response), Path.Combine(Path.GetDirectoryName(test)!, "Golden", $"{name}.http"));
    }

    /// <summary>Compares a text with a file that is checked in.</summary>
    public static void CheckText(string actual, string file)
    {
        if (Updating)
        {
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"There is no {file}.");
        Assert.Equal(File.ReadAllText(file), actual);
    }

    private static async Task<string> RenderAsync(HttpResponseMessage response)
    {
        var text = new StringBuilder().Append(
            System.Globalization.CultureInfo.InvariantCulture,
            $"HTTP {(int)response.StatusCode}\n"
        );
        var headers = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(
                header => header.Key,
                header => string.Join(", ", header.Value),
                StringComparer.OrdinalIgnoreCase
            );
        foreach (var name in Headers.Where(headers.ContainsKey))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{name}: {headers[name]}\n");
        }

        text.Append('\n')
            .Append(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .Append('\n');
        if (SmallNode.IsAsked)
        {
            // It names its successor as the settings have it.
            text.Replace(AuthServer.PublishedSuccessor, AuthServer.Succession.Successor);
        }

        return TraceId()
            .Replace(
                KeyMember()
                    .Replace(
                        ETag()
                            .Replace(
                                Code()
                                    .Replace(
                                        Refresh()
                                            .Replace(
                                                Access().Replace(text.ToString(), "<access-token>"),
                                                "<refresh-token>"
                                            ),
                                        "<code>"
                                    ),
                                "ETag: <tag>"
                            ),
                        "\"$1\":\"<$1>\""
                    ),
                "\"traceId\":\"<trace-id>\""
            );
    }

    [GeneratedRegex(@"eyJ[\w-]+\.[\w-]+\.[\w-]+")]
    private static partial Regex Access();

    [GeneratedRegex(@"tsr_[\w-]+")]
    private static partial Regex Refresh();

    [GeneratedRegex(@"tsc_\w+")]
    private static partial Regex Code();

    [GeneratedRegex("ETag: .*")]
    private static partial Regex ETag();

    [GeneratedRegex("\"(kid|x|y|n)\":\"[^\"]+\"")]
    private static partial Regex KeyMember();

    [GeneratedRegex("\"traceId\":\"[^\"]+\"")]
    private static partial Regex TraceId();
}
