using System.CommandLine;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Turnstone.Cli.Issuer;
using Turnstone.Cli.Profiles;

namespace Turnstone.Cli.Commands;

internal sealed class ValidateCommand : Command
{
    private readonly Argument<string?> token = TokenArgument.Make();
    private readonly CommandContext context;

    public ValidateCommand(CommandContext context)
        : base("validate", "Asks the server whether an access token is good now.")
    {
        this.context = context;
        Add(token);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var open = context.Open(parsed);
        var text = TokenArgument.Read(context, parsed.GetValue(token), open);
        var (good, sentence) = await context.Terminal.WaitAsync(
            $"Asking {open.Profile.Server}",
            AskAsync(open, text, cancellationToken)
        );
        return context.Terminal.Answer(
            new JsonObject { ["good"] = good, ["message"] = sentence },
            sentence,
            good ? ExitCode.Done : ExitCode.NotGood
        );
    }

    private async Task<(bool Good, string Sentence)> AskAsync(
        OpenProfile open,
        string text,
        CancellationToken cancellationToken
    )
    {
        using var request = Request(open, text);
        using var answer = await context.Http.SendAsync(request, cancellationToken);
        var said = await Answers.ReadAsync(answer, cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return Judge(open.Profile.Facts, said);
        }

        if (answer.StatusCode is HttpStatusCode.NotFound && Jwt.Read(text) is { } jwt)
        {
            // Another provider's /v3 has no call for it.
            var server = new IssuerDocuments(context.Http, open.Profile.Address);
            var found = await TokenVerdict.OfAsync(jwt, server, context.Time.GetUtcNow(), cancellationToken);
            return (found.Good, $"{found.Sentence} The server has no call that tells whether it was revoked.");
        }

        return (int)answer.StatusCode is 400 or 401 or 422
            ? (false, $"The token is not good. {Reason(answer, said)}".TrimEnd())
            : throw Answers.Refused(answer, said);
    }

    /// <summary>A 200 of something on the way, which says nothing about the token, is no yes.</summary>
    private static (bool Good, string Sentence) Judge(ContractFacts contract, JsonElement said)
    {
        const string Good = "The token is good: the server says so.";
        if (said.ValueKind is not JsonValueKind.Object)
        {
            return (false, "Whether the token is good cannot be said: the server's answer is no JSON object.");
        }

        return contract.Validation is null && Answers.Text(said, "token") is not "good"
            ? (false, $"The token is not good. {Answers.Text(said, "token_description")}".TrimEnd())
            : (true, Good);
    }

    private static HttpRequestMessage Request(OpenProfile open, string text)
    {
        var (method, path) = open.Profile.Facts.Validation ?? (HttpMethod.Get, OwnSession.Path);
        var request = new HttpRequestMessage(method, open.Profile.Server + path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {text}");
        if (open.Credentials.TryGetValue("subscription_key", out var key))
        {
            request.Headers.TryAddWithoutValidation("Subscription-Key", key);
        }

        return request;
    }

    // The challenge tells an expired token from a bad one; the bodies of the contracts do not all.
    private static string? Reason(HttpResponseMessage answer, JsonElement said)
    {
        const string Name = "error_description=\"";
        var challenge = string.Join(", ", answer.Headers.WwwAuthenticate.Select(one => one.ToString()));
        var at = challenge.IndexOf(Name, StringComparison.Ordinal);
        return at < 0
            ? Answers.Text(said, "error_description") ?? Answers.Text(said, "message")
            : challenge[(at + Name.Length)..].Split('"')[0];
    }
}
