using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Turnstone.Server.Tests;

/// <summary>
/// Answers as they are checked in: status line, headers and body, byte for byte but for tokens and trace ids. TURNSTONE_UPDATE_GOLDEN=1 writes what was answered
/// instead of comparing; the change is then seen in review.
/// </summary>
internal static partial class Golden
{
    // They tell of the connection and the moment, not of the contract.
    private static readonly string[] Passing = ["Date", "Content-Length", "Transfer-Encoding", "Connection"];

    private static readonly string Root = FindRoot();

    private static bool Updating => Environment.GetEnvironmentVariable("TURNSTONE_UPDATE_GOLDEN") == "1";

    /// <summary>Holds an answer against <c>Dialects/{dialect}/Golden/{name}.http</c>.</summary>
    public static async Task MatchAsync(string dialect, string name, HttpResponseMessage response) =>
        Match($"tests/Turnstone.Server.Tests/Dialects/{dialect}/Golden/{name}.http", await RenderAsync(response));

    /// <summary>Holds a text against a file of the repository.</summary>
    public static void Match(string path, string actual)
    {
        var file = Path.Combine(Root, path);
        if (Updating)
        {
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
            return;
        }

        Assert.True(File.Exists(file), $"{path} is not there: run the tests once with TURNSTONE_UPDATE_GOLDEN=1 and look at what it writes.");
        Assert.Equal(File.ReadAllText(file), actual);
    }

    private static async Task<string> RenderAsync(HttpResponseMessage response)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"HTTP/{response.Version} {(int)response.StatusCode} {response.ReasonPhrase}\n");
        var headers = response.Headers.Concat(response.Content.Headers).Where(header => !Passing.Contains(header.Key)).OrderBy(header => header.Key, StringComparer.Ordinal);
        foreach (var (name, values) in headers)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {string.Join(", ", values)}\n");
        }

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        text.Append('\n').Append(body).Append('\n');
        return TraceId().Replace(RefreshToken().Replace(AccessToken().Replace(text.ToString(), "<access token>"), "<refresh token>"), "$1<trace id>");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Turnstone.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run inside the repository.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"eyJ[\w-]+\.[\w-]+\.[\w-]+")]
    private static partial Regex AccessToken();

    [GeneratedRegex(@"tsr_[\w-]+")]
    private static partial Regex RefreshToken();

    [GeneratedRegex("""("traceId":")[^"]+""")]
    private static partial Regex TraceId();
}
