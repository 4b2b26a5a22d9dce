using System.Buffers.Text;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Turnstone.Cli.Issuer;
using Turnstone.Client;

namespace Turnstone.Cli.Login;

/// <summary>
/// A sign-in in a browser (RFC 8252): the code comes back to a loopback address, is bound to this process by PKCE (RFC
/// 7636), and its answer to this request by the state and the issuer (RFC 9207).
/// </summary>
internal sealed class BrowserLogin(CommandContext context, SignIn signIn)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    public async Task<AccessToken> RunAsync(string? redirect, bool open, CancellationToken cancellationToken)
    {
        var server = new IssuerDocuments(context.Http, signIn.Profile.Address);
        var metadata = await server.TryMetadataAsync(cancellationToken);
        if (metadata is not null && !signIn.Profile.IsOf(metadata.Issuer))
        {
            // A server that speaks in another's name could have the other's code sent to itself (RFC 8414 §3.3).
            throw new CliException(
                ExitCode.Refused,
                "wrong_issuer",
                $"{signIn.Profile.Server} calls itself {metadata.Issuer}. Log in at that address; only where you know "
                    + "that your server is reached at another address than its name, say its name with --issuer."
            );
        }

        using var loopback = new Loopback(redirect);
        var (state, verifier) = (NewSecret(), NewSecret());
        var namesItself = signIn.Profile.Facts.IsStandard && metadata is { NamesItselfInAnswers: true };
        var page = Page(server, metadata, loopback.Address, state, verifier);

        await context.Terminal.Error.WriteLineAsync($"Sign in here:\n{page}");
        if (open)
        {
            Open(page);
        }

        using var deadline = new CancellationTokenSource(LongestWait, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        LoopbackAnswer answer;
        try
        {
            answer = await context.Terminal.WaitAsync(
                "Waiting for the sign-in",
                loopback.AnswerAsync(
                    state,
                    from => from is null ? !namesItself : signIn.Profile.IsOf(from),
                    either.Token
                )
            );
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Refused, "timed_out", "Nobody signed in within five minutes. Try again.");
        }

        return await signIn.OpenAsync(
            new Dictionary<string, string>
            {
                ["code"] = answer.Code,
                ["redirect_uri"] = loopback.Address,
                ["code_verifier"] = verifier,
            },
            cancellationToken
        );
    }

    private string Page(IssuerDocuments server, Metadata? metadata, string redirect, string state, string verifier)
    {
        var profile = signIn.Profile;
        var endpoint =
            profile.Facts.IsStandard && metadata?.Endpoint("authorization_endpoint") is { } told
                ? told
                : server.At($"{profile.Contract}/authorize");
        Dictionary<string, string> asked = new()
        {
            ["response_type"] = "code",
            ["client_id"] = profile.ClientId!,
            ["redirect_uri"] = redirect,
            ["state"] = state,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        };
        if (profile.Scope is { } scope)
        {
            asked["scope"] = scope;
        }

        var query = asked.Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value)}");
        return $"{endpoint.AbsoluteUri}{(endpoint.Query.Length > 0 ? '&' : '?')}{string.Join('&', query)}";
    }

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    // The address is printed too, so nothing is lost where no browser can be opened.
    private static void Open(string page)
    {
        var (program, arguments) =
            Environment.GetEnvironmentVariable("BROWSER") is { Length: > 0 } chosen ? (chosen, new[] { page })
            : OperatingSystem.IsWindows() ? ("rundll32", ["url.dll,FileProtocolHandler", page])
            : OperatingSystem.IsMacOS() ? ("open", [page])
            : ("xdg-open", [page]);
        try
        {
            using var started = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            );
        }
        catch (Win32Exception) { }
    }
}
