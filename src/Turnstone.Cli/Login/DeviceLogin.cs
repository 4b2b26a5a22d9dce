using System.Text.Json;
using Turnstone.Cli.Issuer;
using Turnstone.Cli.Output;
using Turnstone.Client;

namespace Turnstone.Cli.Login;

/// <summary>A sign-in on another device (RFC 8628): a code is shown here and typed in there.</summary>
internal sealed class DeviceLogin(CommandContext context, SignIn signIn)
{
    private const int Usual = 5;
    private const int Longest = 60;

    public async Task<AccessToken> RunAsync(CancellationToken cancellationToken)
    {
        var codes = await BeginAsync(cancellationToken);
        await context.Terminal.Error.WriteLineAsync(
            Printable.Of($"On any device, open {Text(codes, "verification_uri")} and enter {Text(codes, "user_code")}")
        );
        return await context.Terminal.WaitAsync("Waiting for the answer", PollAsync(codes, cancellationToken));
    }

    private async Task<JsonElement> BeginAsync(CancellationToken cancellationToken)
    {
        var server = new IssuerDocuments(context.Http, signIn.Profile.Address);
        var metadata = await server.TryMetadataAsync(cancellationToken);
        var endpoint =
            metadata?.Endpoint("device_authorization_endpoint")
            ?? server.At($"{signIn.Profile.Contract}/device_authorization");
        var shown = signIn.Given.Where(one => one.Key is "client_id" or "client_secret" or "scope");
        using var answer = await context.Http.PostAsync(endpoint, new FormUrlEncodedContent(shown), cancellationToken);
        var codes = await Answers.ReadAsync(answer, cancellationToken);
        return answer.IsSuccessStatusCode && Text(codes, "device_code").Length > 0
            ? codes
            : throw Answers.Refused(answer, codes);
    }

    private async Task<AccessToken> PollAsync(JsonElement codes, CancellationToken cancellationToken)
    {
        var pace = TimeSpan.FromSeconds(Number(codes, "interval", Usual));
        var ends = context.Time.GetUtcNow().AddSeconds(Number(codes, "expires_in", 600, most: 3600));
        var asked = new Dictionary<string, string> { ["device_code"] = Text(codes, "device_code") };
        while (context.Time.GetUtcNow() < ends)
        {
            await Task.Delay(pace, context.Time, cancellationToken);
            try
            {
                return await signIn.OpenAsync(asked, cancellationToken);
            }
            catch (SignInRefusedException reason) when (reason.Code is "authorization_pending")
            {
                // Not yet.
            }
            catch (SignInRefusedException reason) when (reason.Code is "slow_down")
            {
                pace += TimeSpan.FromSeconds(Usual);
            }
        }

        throw new CliException(ExitCode.Refused, "expired_token", "Nobody entered the code in time. Try again.");
    }

    private static string Text(JsonElement codes, string name) =>
        codes.ValueKind is JsonValueKind.Object
        && codes.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String
            ? value.GetString()!
            : "";

    private static int Number(JsonElement codes, string name, int otherwise, int most = Longest) =>
        codes.TryGetProperty(name, out var value) && value.TryGetInt32(out var number)
            ? Math.Clamp(number, 1, most)
            : otherwise;
}
