using System.CommandLine;
using System.Net;
using Turnstone.Cli.Output;
using Turnstone.Cli.Profiles;

namespace Turnstone.Cli;

/// <summary>What every verb needs: the terminal, the files, the clock, the network.</summary>
internal sealed class CommandContext(Terminal terminal, TimeProvider time) : IDisposable
{
    private readonly Lazy<HttpClient> http = new(() =>
        new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            Timeout = TimeSpan.FromSeconds(30),
            MaxResponseContentBufferSize = 1024 * 1024,
            DefaultRequestVersion = HttpVersion.Version20,
        }
    );

    public Terminal Terminal => terminal;

    public TimeProvider Time => time;

    public Folders Folders { get; } = Folders.OfEnvironment();

    public HttpClient Http => http.Value;

    public Option<bool> Json { get; } =
        new("--json") { Description = "Print JSON for a script instead of text.", Recursive = true };

    public Option<string?> ProfileOption { get; } = MakeProfileOption();

    /// <summary>The profile that is asked for: the option, TURNSTONE_PROFILE, or the current one.</summary>
    public string NameOf(ParseResult parsed) =>
        ProfileName.Checked(parsed.GetValue(ProfileOption) ?? Variable("PROFILE") ?? ProfileFile.Read(Folders).Current);

    /// <summary>The profile with its session; the caller disposes it.</summary>
    public OpenProfile Open(ParseResult parsed)
    {
        var name = NameOf(parsed);
        return ProfileFile.Read(Folders).Profiles.TryGetValue(name, out var profile)
            ? new OpenProfile(name, profile, Folders, time)
            : throw CliException.NoSession(name);
    }

    /// <summary>A variable of the environment whose name begins with TURNSTONE_; null for an empty one.</summary>
    public static string? Variable(string name) =>
        Environment.GetEnvironmentVariable($"TURNSTONE_{name}") is { Length: > 0 } value ? value : null;

    public void Dispose()
    {
        if (http.IsValueCreated)
        {
            http.Value.Dispose();
        }
    }

    private static Option<string?> MakeProfileOption()
    {
        var option = new Option<string?>("--profile", "-p")
        {
            Description = "The profile; default: TURNSTONE_PROFILE, or the current one.",
            Recursive = true,
        };
        option.CompletionSources.Add(_ => ProfileFile.Read(Folders.OfEnvironment()).Profiles.Keys.Order());
        return option;
    }
}
