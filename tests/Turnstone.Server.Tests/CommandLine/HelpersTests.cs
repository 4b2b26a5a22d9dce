using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>The helpers of other programs, with those programs; and the shells that complete words.</summary>
public sealed class HelpersTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Git_gets_the_token_for_the_host_that_is_named_and_for_no_other()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3");
        var token = (await home.RunAsync("token")).Output.Trim();

        var filled = await FillAsync(home, "https", "git.example.com");
        Assert.Contains($"username=turnstone\npassword={token}\n", filled.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            token,
            (await FillAsync(home, "https", "evil.example.com")).Output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            token,
            (await FillAsync(home, "http", "git.example.com")).Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Kubectl_is_given_the_token_in_its_own_form()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3");
        var token = (await home.RunAsync("token")).Output.Trim();
        var credential = JsonNode.Parse((await home.RunAsync("kubectl-credential")).Output)!;
        Assert.Equal("client.authentication.k8s.io/v1", (string)credential["apiVersion"]!);
        Assert.Equal(("ExecCredential", token), ((string)credential["kind"]!, (string)credential["status"]!["token"]!));
    }

    [Fact]
    [Trait("Needs", "kubectl")]
    public async Task Kubectl_sends_the_token()
    {
        Assert.SkipUnless(
            OnPath("kubectl"),
            "kubectl is missing, and that of Debian 12 is too old for this interface."
        );
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3");
        var token = (await home.RunAsync("token")).Output.Trim();
        var sent = new List<string?>();
        await using var cluster = await ClusterAsync(sent);
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "cli.md"), Cancel);
        var users = page.Split("```yaml\n")[1].Split("```")[0];
        var listening = cluster.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        var address = listening.Addresses.Single();
        var config = Path.Combine(home.Folder, "kubeconfig");
        await File.WriteAllTextAsync(
            config,
            $$"""
            apiVersion: v1
            kind: Config
            clusters:
              - { name: c, cluster: { server: "{{address}}", insecure-skip-tls-verify: true } }
            contexts:
              - { name: x, context: { cluster: c, user: me } }
            current-context: x
            {{users}}
            """,
            Cancel
        );
        var asked = await Bash.RunAsync(
            $"kubectl --kubeconfig '{config}' get --raw /version",
            "",
            home.Folder,
            home.Environment()
        );
        Assert.True(asked.ExitCode == 0, asked.Error);
        Assert.Equal([$"Bearer {token}"], sent.Distinct());
    }

    [Fact]
    public async Task Bash_completes_verbs_options_and_profiles()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3", "-p", "work");

        Assert.Equal("validate", await CompleteAsync(home, "turnstone", "va"));
        Assert.Equal("--contract", await CompleteAsync(home, "turnstone", "login", "--cont"));
        Assert.Equal("work", await CompleteAsync(home, "turnstone", "token", "--profile", "wo"));
        Assert.Equal("", await CompleteAsync(home, "turnstone", "xyz"));
    }

    [Fact]
    public async Task Bash_runs_nothing_of_a_word_that_comes_back()
    {
        using var home = new CliHome();
        var done = await Bash.RunAsync(
            """
            source <(turnstone completion bash)
            turnstone() { printf '%s\n' 'x$(touch ran)' 'y'; }
            COMP_LINE='turnstone token -p x' COMP_POINT=20 COMP_WORDS=(turnstone token -p x) COMP_CWORD=3
            _turnstone
            printf '%s\n' "${COMPREPLY[@]}"
            """,
            "",
            home.Folder,
            home.Environment()
        );
        Assert.Equal("x$(touch ran)\n", done.Output);
        Assert.False(File.Exists(Path.Combine(home.Folder, "ran")));
    }

    [Theory]
    [InlineData("x$(touch ran)")]
    [InlineData("../../elsewhere")]
    [InlineData("")]
    public async Task A_profile_whose_name_is_none_is_not_read(string name)
    {
        using var home = new CliHome();
        System.IO.Directory.CreateDirectory(home.Config);
        await File.WriteAllTextAsync(
            Path.Combine(home.Config, "profiles.json"),
            $$"""{"profiles":{"{{name}}":{"server":"http://127.0.0.1:1","contract":"/v3","with":"key"} } }""",
            Cancel
        );

        Assert.Equal(74, (await home.RunAsync("profiles")).ExitCode);
        Assert.Equal("", (await home.RunAsync("[suggest:19]", "turnstone token -p ")).Output);
        Assert.Equal(74, (await home.RunAsync("profiles", "remove", name.Length == 0 ? "x" : name)).ExitCode);
    }

    [Theory]
    [InlineData("zsh", "LBUFFER")]
    [InlineData("bash", "compgen")]
    public async Task No_script_passes_on_what_stands_before_the_command(string shell, string not)
    {
        using var home = new CliHome();
        Assert.DoesNotContain(not, (await home.RunAsync("completion", shell)).Output, StringComparison.Ordinal);
    }

    private static Task<CommandResult> FillAsync(CliHome home, string protocol, string host) =>
        Bash.RunAsync(
            $$"""
            export GIT_TERMINAL_PROMPT=0 GIT_ASKPASS=true GIT_CONFIG_NOSYSTEM=1
            printf 'protocol={{protocol}}\nhost={{host}}\n\n' |
              git -c 'credential.helper=!turnstone git-credential --host git.example.com' credential fill
            """,
            "",
            home.Folder,
            home.Environment()
        );

    private static async Task<string> CompleteAsync(CliHome home, params string[] words)
    {
        var line = string.Join(' ', words);
        var done = await Bash.RunAsync(
            $"""
            source <(turnstone completion bash)
            COMP_LINE='{line}' COMP_POINT={line.Length} COMP_WORDS=({line}) COMP_CWORD={words.Length - 1}
            _turnstone
            echo "$COMPREPLY"
            """,
            "",
            home.Folder,
            home.Environment()
        );
        Assert.True(done.ExitCode == 0, done.Error);
        return done.Output.Trim();
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<WebApplication> ClusterAsync(List<string?> sent)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=cluster", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate))
        );
        builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        app.Run(context =>
        {
            sent.Add(context.Request.Headers.Authorization);
            return context.Response.WriteAsync("{}");
        });
        await app.StartAsync(Cancel);
        return app;
    }
}
