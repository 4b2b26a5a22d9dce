// An agent that reads and writes a note at the sample MCP server (samples/Mcp): the official C# SDK's client, which
// finds the token service, registers there, sends its user to the consent page and gets a token of its own.
// docs/tutorials/mcp.md starts it. Arguments: the server's address; where the browser's answer goes; the address of the
// agent's metadata document, or nothing; the revision of the protocol to speak, or nothing for the newest of both.
using System.Net;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

var server = new Uri(args.ElementAtOrDefault(0) ?? "http://127.0.0.1:8401/mcp");
var answers = new Uri(args.ElementAtOrDefault(1) ?? "http://127.0.0.1:8402/callback");
var document = args.ElementAtOrDefault(2) is { Length: > 0 } address ? new Uri(address) : null;

await using var client = await McpClient.CreateAsync(
    new HttpClientTransport(
        new()
        {
            Endpoint = server,
            OAuth = new()
            {
                RedirectUri = answers,
                AuthorizationCallbackHandler = AskAsync,
                ClientMetadataDocumentUri = document,
                DynamicClientRegistration = document is null ? new() { ClientName = "Sample agent" } : null,
            },
        }
    ),
    new() { ProtocolVersion = args.ElementAtOrDefault(3) }
);
Console.WriteLine($"revision: {client.NegotiatedProtocolVersion}");
foreach (var tool in await client.ListToolsAsync())
{
    Console.WriteLine($"tool: {tool.Name}");
}

Console.WriteLine($"read_note: {await CallAsync("read_note", [])}");
while (true)
{
    Console.WriteLine("Type a note, or nothing to end:");
    if (Console.ReadLine() is not { Length: > 0 } text)
    {
        return;
    }

    Console.WriteLine($"write_note: {await CallAsync("write_note", new() { ["text"] = text })}");
    Console.WriteLine($"read_note: {await CallAsync("read_note", [])}");
}

async Task<string> CallAsync(string tool, Dictionary<string, object?> arguments)
{
    var result = await client.CallToolAsync(tool, arguments);
    return string.Concat(result.Content.OfType<TextContentBlock>().Select(part => part.Text));
}

// The user opens the address, and the browser brings the answer back to this machine.
static async Task<AuthorizationResult?> AskAsync(
    AuthorizationCallbackContext asked,
    CancellationToken cancellationToken
)
{
    using var listener = new HttpListener();
    listener.Prefixes.Add($"{asked.RedirectUri.GetLeftPart(UriPartial.Authority)}/");
    listener.Start();
    Console.WriteLine($"open: {asked.AuthorizationUri}");
    var context = await listener.GetContextAsync().WaitAsync(cancellationToken);
    context.Response.ContentType = "text/plain";
    await using (var text = new StreamWriter(context.Response.OutputStream))
    {
        await text.WriteAsync("The agent has its answer. You can close this page.");
    }

    var answer = context.Request.QueryString;
    return answer["code"] is { } code
        ? new()
        {
            Code = code,
            State = answer["state"],
            Iss = answer["iss"],
        }
        : throw new InvalidOperationException($"The service says: {answer["error_description"] ?? answer["error"]}");
}
