using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Turnstone.Cli.Issuer;
using Turnstone.Cli.Output;
using Turnstone.Client;

namespace Turnstone.Cli.Commands;

internal sealed class CurlCommand : Command
{
    private readonly Argument<string> url = new("url")
    {
        Description = "The address, or a path at the profile's server. It is sent the token: https, or this machine.",
    };
    private readonly Option<string?> method = new("--request", "-X")
    {
        Description = "The method; default: GET, or POST with a body.",
    };
    private readonly Option<string[]> header = new("--header", "-H") { Description = "A header: 'Name: value'." };
    private readonly Option<string?> data = new("--data", "-d")
    {
        Description = "The body: a text, @FILE, or @- for the standard input.",
    };
    private readonly Option<bool> include = new("--include", "-i") { Description = "Print the answer's head too." };
    private readonly Option<string?> output = new("--output", "-o") { Description = "Write the body to this file." };
    private readonly CommandContext context;

    public CurlCommand(CommandContext context)
        : base("curl", "Sends a request with a good token, and once more with a fresh one after a 401.")
    {
        this.context = context;
        Add(url);
        foreach (var option in new Option[] { method, header, data, include, output })
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var open = context.Open(parsed);
        using var request = Request(parsed, Address(parsed.GetRequiredValue(url), open.Profile.Server));
        await open.TokenAsync(cancellationToken);
        using var transport = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var http = new HttpClient(new TokenHandler(open.Session, transport));
        http.Timeout = Timeout.InfiniteTimeSpan;
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await WriteAsync(parsed, answer, cancellationToken);
        return (int)answer.StatusCode < 400 ? ExitCode.Done : ExitCode.ApiError;
    }

    private static Uri Address(string text, string server)
    {
        if (text.StartsWith('/'))
        {
            return new Uri(server + text);
        }

        return
            Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (ServerAddress.MayCarryTokens(uri) || IsOf(uri, server))
            ? uri
            : throw CliException.Usage(
                "The token is sent only with https, to this machine, or to the profile's server."
            );
    }

    // A server that was taken without TLS gets its own tokens.
    private static bool IsOf(Uri uri, string server) =>
        uri.GetLeftPart(UriPartial.Authority) == new Uri(server).GetLeftPart(UriPartial.Authority);

    private HttpRequestMessage Request(ParseResult parsed, Uri address)
    {
        var body = parsed.GetValue(data);
        var request = new HttpRequestMessage(
            new HttpMethod(parsed.GetValue(method) ?? (body is null ? "GET" : "POST")),
            address
        );
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Body(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        }

        foreach (var line in parsed.GetValue(header) ?? [])
        {
            Set(request, line);
        }

        return request;
    }

    private static void Set(HttpRequestMessage request, string line)
    {
        var parts = line.Split(':', 2, StringSplitOptions.TrimEntries);
        if (
            parts is not [{ Length: > 0 } name, var value]
            || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
        )
        {
            throw CliException.Usage("A header is 'Name: value', and Authorization is what turnstone sets.");
        }

        if (request.Content is { } content && name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
        {
            content.Headers.Remove(name);
            content.Headers.TryAddWithoutValidation(name, value);
        }
        else if (!request.Headers.TryAddWithoutValidation(name, value))
        {
            throw CliException.Usage("A header's name has characters that no header may have.");
        }
    }

    private static byte[] Body(string given)
    {
        if (!given.StartsWith('@'))
        {
            return Encoding.UTF8.GetBytes(given);
        }

        if (given is not "@-")
        {
            return File.ReadAllBytes(given[1..]);
        }

        using var bytes = new MemoryStream();
        using var input = Console.OpenStandardInput();
        input.CopyTo(bytes);
        return bytes.ToArray();
    }

    private async Task WriteAsync(ParseResult parsed, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var terminal = context.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(
                new JsonObject
                {
                    ["status"] = (int)answer.StatusCode,
                    ["content_type"] = answer.Content.Headers.ContentType?.ToString(),
                    ["body"] = await answer.Content.ReadAsStringAsync(cancellationToken),
                }
            );
            return;
        }

        if (parsed.GetValue(include))
        {
            terminal.WriteLine($"HTTP/{answer.Version} {(int)answer.StatusCode} {answer.ReasonPhrase}");
            terminal.WriteLine($"{answer.Headers}{answer.Content.Headers}");
            await terminal.Text.FlushAsync(cancellationToken);
        }

        if (parsed.GetValue(output) is null && terminal.IsTerminal)
        {
            using var body = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
            await ShowAsync(body, cancellationToken);
            return;
        }

        await using var to = parsed.GetValue(output) is { } file
            ? new FileStream(file, FileMode.Create, FileAccess.Write)
            : Console.OpenStandardOutput();
        await answer.Content.CopyToAsync(to, cancellationToken);
    }

    private async Task ShowAsync(StreamReader body, CancellationToken cancellationToken)
    {
        var terminal = context.Terminal;
        var block = new char[4096];
        while (await body.ReadAsync(block, cancellationToken) is > 0 and var length)
        {
            // The end of a line may lie in two blocks.
            var whole = block[length - 1] is '\r' && body.Peek() is '\n' ? length - 1 : length;
            var lines = new string(block, 0, whole).Replace("\r\n", "\n", StringComparison.Ordinal);
            await terminal.Text.WriteAsync(Printable.Of(lines));
            await terminal.Text.FlushAsync(cancellationToken);
        }
    }
}
