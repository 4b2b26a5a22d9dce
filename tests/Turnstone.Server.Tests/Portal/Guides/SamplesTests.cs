using System.Text.Json;
using Turnstone.Directory;
using Turnstone.Server.Portal.Guides;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Portal.Guides;

/// <summary>Each sample is run as it is shown, against a real server.</summary>
public sealed class SamplesTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string State => Path.Combine(folder, "tokens.json");

    public static TheoryData<string> Languages => new(SampleLanguage.All.Select(language => language.Name));

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_program_logs_in_and_keeps_itself_logged_in(string language)
    {
        await using var server = await PortalServer.StartAsync();
        await SucceedsAsync(Sample.Login, language, Environment(server.BaseAddress.ToString()));
        var first = RefreshToken();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(State));

        // One answer is lost on the way: the same request with the same key brings the same successor.
        await using var proxy = await LosingProxy.StartAsync(server.Http, State);
        await SucceedsAsync(Sample.Refresh, language, Environment(proxy.Url));

        var calls = proxy.Calls.ToArray();
        Assert.Equal(["/auth/v2/refresh", "/auth/v2/refresh", "/v3/individuals"], calls.Select(call => call.Path));
        Assert.False(string.IsNullOrEmpty(calls[0].IdempotencyKey));
        Assert.Equal(calls[0].IdempotencyKey, calls[1].IdempotencyKey);
        Assert.All(calls[..2], call => Assert.Contains(call.IdempotencyKey!, call.State, StringComparison.Ordinal));
        Assert.All(calls[..2], call => Assert.Contains(first, call.State, StringComparison.Ordinal));

        // Saved before it was used, and good: it is the last one.
        var last = RefreshToken();
        Assert.NotEqual(first, last);
        Assert.Contains(last, calls[2].State, StringComparison.Ordinal);
        using var next = await server.Http.RefreshV2Async(last);
        Assert.Equal(System.Net.HttpStatusCode.Created, next.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_program_logs_in_with_an_API_key(string language)
    {
        await using var server = await PortalServer.StartAsync();
        await SucceedsAsync(Sample.ApiKey, language, Environment(server.BaseAddress.ToString()));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_program_gets_a_token_of_its_own(string language)
    {
        await using var server = await PortalServer.StartAsync();
        await SucceedsAsync(Sample.ClientCredentials, language, Environment(server.BaseAddress.ToString()));
    }

    public static TheoryData<string, string> ByClient =>
        new(
            from sample in Sample.All
            from language in SampleLanguage.All
            where sample.ByClient(language) is not null
            select (sample.Name, language.Name)
        );

    [Theory]
    [MemberData(nameof(ByClient))]
    public async Task The_short_form_with_the_client_does_the_same_and_signs_in_once(string name, string language)
    {
        await using var server = await PortalServer.StartAsync(start: TimeProvider.System.GetUtcNow());
        var sample = Sample.All.Single(one => one.Name == name);
        var given = Environment(server.BaseAddress.ToString())
            .Where(variable => sample.Needs.Contains(variable.Key))
            .ToDictionary();
        var run = await SampleRun.RunShortAsync(sample, Language(language), folder, given);
        Assert.True(run.ExitCode == 0, $"{run.Output}\n{run.Error}");
        using var individuals = JsonDocument.Parse(run.Output);
        Assert.Equal(3, individuals.RootElement.GetProperty("individuals").GetArrayLength());
        Assert.Single(System.IO.Directory.GetFiles(Path.Combine(folder, "sessions"), "*.json"));
    }

    [Fact]
    public void Every_sample_that_signs_in_has_a_short_form_in_every_language_with_a_client() =>
        Assert.Equal(3 * 3, ByClient.Count);

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_program_that_is_refused_says_so_and_fails(string language)
    {
        await using var server = await PortalServer.StartAsync();
        await File.WriteAllTextAsync(State, """{"refresh_token":"tsr_damaged"}""", Cancel);

        var run = await SampleRun.RunAsync(
            Sample.Refresh,
            Language(language),
            folder,
            Environment(server.BaseAddress.ToString())
        );

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("400", run.Error, StringComparison.Ordinal);
        Assert.Contains("The refresh token", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private async Task SucceedsAsync(Sample sample, string language, Dictionary<string, string> environment)
    {
        var given = environment.Where(variable => sample.Needs.Contains(variable.Key)).ToDictionary();
        var run = await SampleRun.RunAsync(sample, Language(language), folder, given);
        Assert.True(run.ExitCode == 0, $"{run.Output}\n{run.Error}");
        using var individuals = JsonDocument.Parse(run.Output);
        Assert.Equal(3, individuals.RootElement.GetProperty("individuals").GetArrayLength());
    }

    private static SampleLanguage Language(string name) => SampleLanguage.All.Single(language => language.Name == name);

    private Dictionary<string, string> Environment(string url) =>
        new()
        {
            [SampleVariables.Url] = url.TrimEnd('/'),
            [SampleVariables.State] = State,
            [SampleVariables.Email] = Known.Email,
            [SampleVariables.Password] = Known.Password,
            [SampleVariables.SubscriptionKey] = Known.SubscriptionKey,
            [SampleVariables.ApiKey] = Known.ApiKey,
            [SampleVariables.ClientId] = Known.ClientId,
            [SampleVariables.ClientSecret] = Known.ClientSecret,
        };

    private string RefreshToken()
    {
        using var state = JsonDocument.Parse(File.ReadAllText(State));
        return state.RootElement.GetProperty("refresh_token").GetString()!;
    }
}
