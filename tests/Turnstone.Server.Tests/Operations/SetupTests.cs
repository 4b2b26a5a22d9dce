using System.Net;
using System.Text.RegularExpressions;
using Turnstone.Server.Settings;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary><c>init --issuer</c> writes what a machine needs, once, and from the files of deploy/.</summary>
public sealed partial class SetupTests : IDisposable
{
    private const string Password = "correct horse battery staple";

    private static readonly string[] Flags = ["init", "--issuer", "https://id.example.test"];

    private readonly string root = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Proxies =>
        new()
        {
            { "nginx", "etc/nginx/conf.d/turnstone.conf", "nginx.conf" },
            { "caddy", "etc/caddy/turnstone.caddy", "Caddyfile" },
            { "haproxy", "etc/haproxy/haproxy.cfg", "haproxy.cfg" },
            { "traefik", "etc/traefik/dynamic/turnstone.yml", "traefik.yml" },
        };

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task The_files_are_those_of_deploy_with_the_values_of_the_installation(
        string proxy,
        string place,
        string template
    )
    {
        var made = await RunAsync([.. Flags, "--proxy", proxy]);

        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Equal(
            Deployed(template).Replace("id.example.com", "id.example.test", StringComparison.Ordinal),
            Written(place)
        );
        Assert.Equal(
            Deployed("turnstone.service").Replace("/opt/turnstone/turnstone-server", Program, StringComparison.Ordinal),
            Written("etc/systemd/system/turnstone.service")
        );
        Assert.Contains($"Wrote {Path.Combine(root, place)}.", made.Output, StringComparison.Ordinal);
        Assert.Contains($"EnvironmentFile=/etc/turnstone.env {Program} \"$@\"", made.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(root, "var/lib/turnstone/data/turnstone.db")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(root, "etc/turnstone.env"))
        );
    }

    [Fact]
    public async Task What_it_wrote_is_what_a_server_starts_with()
    {
        var made = await RunAsync([
            .. Flags,
            "--administrator",
            "ada@example.test",
            "--mail-host",
            "smtp.example.test",
            "--mail-from",
            "Turnstone <portal@example.test>",
        ]);
        Assert.True(made.ExitCode == 0, made.Error);
        var settings = Written("etc/turnstone.env");
        Assert.All(
            Names(TurnstoneSettings.Section, new TurnstoneSettings(AllContracts.List)),
            name => Assert.Matches($"(?m)^#?{name}(__0)?=", settings)
        );

        // A shell reads the file as systemd does.
        var read = await Bash.RunAsync(
            $"set -a; . '{root}/etc/turnstone.env'; set +a; "
                + "export ConnectionStrings__Turnstone=\"${ConnectionStrings__Turnstone/\\/var/$ROOT/var}\" "
                + $"DOTNET_ENVIRONMENT=Production DOTNET_BUNDLE_EXTRACT_BASE_DIR=; '{Program}' check --offline --json",
            folder: root,
            environment: new Dictionary<string, string> { ["ROOT"] = root }
        );
        Assert.Contains(
            "The settings can be used: Production, issuer https://id.example.test",
            read.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("1 account administers the portal", read.Output, StringComparison.Ordinal);
        Assert.Contains("smtp.example.test:587", read.Output, StringComparison.Ordinal);

        // The link is good for one password.
        var link = new Uri(Link().Match(made.Output).Value);
        await using var server = await ServerProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["ConnectionStrings:Turnstone"] = $"Data Source={root}/var/lib/turnstone/data/turnstone.db",
            },
            root
        );
        using var visitor = new Visitor(server.Http.BaseAddress!);
        using var set = await visitor.SendAsync(link.PathAndQuery, form: null, ("Password", Password));
        Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);
        using var signedIn = await visitor.SendAsync(
            "/portal/sign-in",
            form: null,
            ("Email", "ada@example.test"),
            ("Password", Password)
        );
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        using var administration = await visitor.GetAsync("/portal/admin");
        Assert.NotEqual(HttpStatusCode.NotFound, administration.StatusCode);
        using var again = new Visitor(server.Http.BaseAddress!);
        using var refused = await again.SendAsync(link.PathAndQuery, form: null, ("Password", $"{Password}!"));
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_overwritten_without_force()
    {
        Assert.Equal(0, (await RunAsync(Flags)).ExitCode);
        var before = Written("etc/turnstone.env");
        string[] other = ["init", "--issuer", "https://other.example.test"];

        var refused = await RunAsync(other);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains(Path.Combine(root, "etc/turnstone.env"), refused.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was written", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, Written("etc/turnstone.env"));

        Assert.Equal(0, (await RunAsync([.. other, "--force"])).ExitCode);
        Assert.Contains(
            "Turnstone__Issuer=https://other.example.test",
            Written("etc/turnstone.env"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("--issuer", "http://id.example.test")]
    [InlineData("--issuer", "https://id.example.test", "--proxy", "apache")]
    [InlineData("--issuer", "https://id.example.test", "--mail-host", "smtp.example.test")]
    public async Task A_wrong_answer_writes_nothing(params string[] flags)
    {
        Assert.Equal(2, (await RunAsync(["init", .. flags])).ExitCode);
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(root));
    }

    [Fact]
    public async Task On_a_terminal_it_asks()
    {
        string[] typed =
        [
            "http://wrong.example.test",
            "https://id.example.test",
            "caddy",
            "",
            "ada@example.test",
            Password,
            Password,
        ];
        var asked = await Bash.RunAsync(
            $"export DOTNET_ENVIRONMENT=Production; script -qec \"'{Program}' init --root '{root}'\" /dev/null",
            string.Join('\n', typed),
            root
        );

        Assert.True(asked.ExitCode == 0, asked.Output);
        Assert.Contains("Give a URL that begins with https://", asked.Output, StringComparison.Ordinal);
        Assert.Contains("ada@example.test administers the portal.", asked.Output, StringComparison.Ordinal);
        Assert.Contains("reverse_proxy 127.0.0.1:8400", Written("etc/caddy/turnstone.caddy"), StringComparison.Ordinal);
    }

    public void Dispose() => System.IO.Directory.Delete(root, recursive: true);

    private static string Program => Path.Combine(AppContext.BaseDirectory, "turnstone-server");

    private static string Deployed(string name) => File.ReadAllText(Path.Combine(Repository.Root, "deploy", name));

    private string Written(string path) => File.ReadAllText(Path.Combine(root, path));

    private Task<CommandResult> RunAsync(string[] words) =>
        ServerProcess.RunAsync(
            root,
            new Dictionary<string, string> { ["DOTNET_ENVIRONMENT"] = "Production" },
            [.. words, .. words.Contains("--root") ? (string[])[] : ["--root", root]]
        );

    private static IEnumerable<string> Names(string path, ISettings settings) =>
        SettingsReader
            .SettingsOf(settings.GetType())
            .Where(pair => !SettingsReader.IsGroup(pair.Property.PropertyType))
            .Select(pair => $"{path}__{pair.Property.Name}")
            .Concat(
                SettingsReader.GroupsOf(settings).SelectMany(group => Names($"{path}__{group.Name}", group.Settings))
            );

    [GeneratedRegex(@"https://id\.example\.test/portal/\S+")]
    private static partial Regex Link();
}
