using System.Text.Json;
using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Clients.Tests.Packages;

/// <summary>
/// What is packed installs into an empty project, and the program of the README's blocks runs there against the server.
/// </summary>
public sealed class PackageTests(RealServer server)
{
    private static string Clients => Path.Combine(Repository.Root, "clients");

    [Theory]
    [InlineData("pip install ")]
    [InlineData("pip install --no-build-isolation ")]
    public async Task The_Python_client_installs_from_its_folder_and_does_what_its_README_shows(string command)
    {
        using var project = new EmptyProject();
        project.CopyOf("python", "clients/python");
        await project.RunAsync(
            server,
            "env",
            "PIP_TARGET=site",
            "PIP_NO_INDEX=1",
            "PIP_DISABLE_PIP_VERSION_CHECK=1",
            "sh",
            "-euc",
            (await Readme.InstallationAsync("python")).Replace("pip install ", command, StringComparison.Ordinal)
        );
        await project.WriteAsync("main.py", await Readme.ProgramAsync("python", "python"));
        var output = await project.RunAsync(server, "env", "PYTHONPATH=site", "python3", "main.py");
        AssertSaid(output, ["200", "True", "AccessToken (redacted)", "Bearer"], @"[2-4](\.\d+)?");
    }

    [Fact]
    public async Task The_Python_client_can_be_copied_as_it_is()
    {
        using var project = new EmptyProject();
        var copy = project.CopyOf("python", "copy");
        await project.WriteAsync("main.py", "import turnstone_client; print(turnstone_client.Contract('/v3').name)");
        var output = await project.RunAsync(server, "env", $"PYTHONPATH={copy}", "python3", "main.py");
        Assert.Equal("/v3", output.Trim());
    }

    [Fact]
    public async Task The_JavaScript_client_installs_from_its_package_and_does_what_its_README_shows()
    {
        using var project = new EmptyProject();
        await project.WriteAsync("package.json", """{ "name": "empty", "private": true, "type": "module" }""");
        var client = Path.Combine(Clients, "typescript");
        var package = await project.RunAsync(server, "npm", "pack", "--silent", client);
        await using var registry = await LocalRegistry.StartAsync("turnstone-client", project.PathOf(package.Trim()));
        await project.RunAsync(
            server,
            "env",
            $"npm_config_registry={registry.Address}",
            $"npm_config_cache={project.Make("cache")}",
            "npm_config_loglevel=error",
            "sh",
            "-euc",
            await Readme.InstallationAsync("typescript")
        );
        await project.WriteAsync("main.js", await Readme.ProgramAsync("typescript", "js"));
        var output = await project.RunAsync(server, "node", "main.js");
        AssertSaid(output, ["200"], @"[2-4](\.\d+)?");
    }

    [Fact]
    public async Task The_NET_client_installs_from_its_packages_and_does_what_its_README_shows()
    {
        using var project = new EmptyProject();
        await PackAsync(project, "Turnstone.Client", "Turnstone.Client.DependencyInjection");
        await project.WriteAsync("empty.csproj", Project);
        await project.RunAsync(server, "sh", "-euc", await Readme.InstallationAsync("dotnet"));
        await project.WriteAsync("Program.cs", Hoisted(await Readme.ProgramAsync("dotnet", "csharp")));
        var output = await project.RunAsync(server, "dotnet", "run", "--verbosity", "quiet");
        AssertSaid(output, ["200", "200", "AccessToken (redacted)"], @"00:00:0[2-4](\.\d+)?");
    }

    /// <summary>What a trimmer or the compiler would warn of is an error in this project.</summary>
    [Fact]
    public async Task A_program_with_the_NET_client_is_compiled_ahead_of_time_without_a_warning_and_runs()
    {
        using var project = new EmptyProject();
        await PackAsync(project, "Turnstone.Client");
        await project.WriteAsync("empty.csproj", NativeProject);
        await project.WriteAsync("Program.cs", NativeProgram);
        await project.RunAsync(
            server,
            "dotnet",
            "publish",
            "--verbosity",
            "quiet",
            "-r",
            System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier,
            $"-p:CppCompilerAndLinker={(File.Exists("/usr/bin/clang") ? "clang" : "gcc")}",
            "-o",
            "native"
        );
        Assert.Empty(System.IO.Directory.GetFiles(Path.Combine(project.Folder, "native"), "*.dll"));

        var output = await project.RunAsync(server, Path.Combine(project.Folder, "native", "empty"));
        Assert.Equal(["200", "True", "Bearer", "invalid_api_key"], output.Trim().Split('\n'));
    }

    [Fact]
    public async Task The_guard_installs_from_its_packages_and_does_what_its_README_shows()
    {
        using var project = new EmptyProject();
        await PackAsync(project, "Turnstone.AspNetCore", "Turnstone.AspNetCore.OpenApi");
        await project.WriteAsync("empty.csproj", GuardedProject);
        var program = await Readme.ProgramAsync("dotnet/Turnstone.AspNetCore", "csharp");
        await project.WriteAsync("Program.cs", Hoisted(BuiltLast(program)));
        await project.RunAsync(server, "sh", "-euc", await Readme.InstallationAsync("dotnet/Turnstone.AspNetCore"));
        await project.RunAsync(server, "dotnet", "build", "--verbosity", "quiet", "-o", "built");

        await using var issuer = await LocalServer.StartAsync();
        await using var api = new Node("api", project.Folder);
        api.Start(
            Path.Combine(project.Folder, "built", "empty"),
            new Dictionary<string, string>
            {
                ["TURNSTONE_ISSUER"] = issuer.Issuer,
                ["TURNSTONE_CLIENT"] = Customers.ClientId,
                ["TURNSTONE_SECRET"] = "not needed here",
            }
        );
        await Until.HoldsAsync(
            async () => await StatusAsync(api, "/openapi/v1.json") == 200,
            TimeSpan.FromSeconds(60),
            "the API answers"
        );
        Assert.Equal(401, await StatusAsync(api, "/individuals"));
        Assert.Equal(401, await StatusAsync(api, "/individuals", "not a key"));
        Assert.Equal(200, await StatusAsync(api, "/individuals", issuer.ApiKey));
        Assert.Equal((200, ""), await ByPolicyAsync(api, "read", issuer.ApiKey));
        foreach (var policy in (string[])["two factors", "recent"])
        {
            var (status, challenge) = await ByPolicyAsync(api, policy, issuer.ApiKey);
            Assert.Equal(401, status);
            Assert.Contains("error=\"insufficient_user_authentication\"", challenge, StringComparison.Ordinal);
        }

        var described = await api.Http.GetStringAsync(
            new Uri("/openapi/v1.json", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        using var document = JsonDocument.Parse(described);
        var schemes = document.RootElement.GetProperty("components").GetProperty("securitySchemes");
        Assert.Equal(
            $"{issuer.Issuer}/.well-known/openid-configuration",
            schemes.GetProperty("Turnstone").GetProperty("openIdConnectUrl").GetString()
        );
        Assert.Equal("X-API-Key", schemes.GetProperty("ApiKey").GetProperty("name").GetString());
        var security = document
            .RootElement.GetProperty("paths")
            .GetProperty("/individuals")
            .GetProperty("get")
            .GetProperty("security");
        Assert.Equal("individuals.read", security[0].GetProperty("Turnstone")[0].GetString());
    }

    /// <param name="output">What the README's program has written: the last line is of a refused sign-in.</param>
    /// <param name="lines">Its lines before that.</param>
    /// <param name="pause">How long nobody signs in again, as the language writes it: each draws it for itself.</param>
    private static void AssertSaid(string output, string[] lines, string pause)
    {
        var said = output.Trim().Split('\n');
        Assert.Equal(lines, said[..^1]);
        Assert.Matches($"^invalid_api_key {pause}$", said[^1]);
    }

    private static async Task<int> StatusAsync(Node api, string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.Add("X-API-Key", key);
        }

        try
        {
            using var answer = await api.Http.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    /// <summary>What the endpoint answers that has the policy: the status and its challenge.</summary>
    private static async Task<(int Status, string Challenge)> ByPolicyAsync(Node api, string policy, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/by/" + Uri.EscapeDataString(policy));
        request.Headers.Add("X-API-Key", key);
        using var answer = await api.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, answer.Headers.WwwAuthenticate.ToString());
    }

    /// <summary>
    /// The README shows the whole first, and then what may be set before the program is built. Each of its policies
    /// gets an endpoint.
    /// </summary>
    private static string BuiltLast(string program)
    {
        var lines = program.Split('\n').ToList();
        var (from, to) = (lines.IndexOf("var app = builder.Build();"), lines.IndexOf("app.Run();"));
        var last = lines.GetRange(from, to + 1 - from);
        lines.RemoveRange(from, last.Count);
        string[] added = ["app.MapOpenApi();", .. Policies.Select(Endpoint)];
        return string.Join('\n', [.. lines, last[0], .. added, .. last.Skip(1)]);
    }

    private static readonly string[] Policies = ["read", "two factors", "recent"];

    private static string Endpoint(string policy) =>
        $"""app.MapGet("/by/{policy}", () => "good").RequireAuthorization("{policy}");""";

    private async Task PackAsync(EmptyProject project, params string[] libraries)
    {
        var packages = project.Make("packages");
        foreach (var name in libraries)
        {
            var folder = Path.Combine(Clients, "dotnet", name);
            await project.RunAsync(server, "dotnet", "pack", folder, "--no-build", "-c", "Debug", "-o", packages);
        }

        await project.WriteAsync("nuget.config", Sources(packages, project.Make("cache")));
    }

    private const string NativeProject = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <PublishAot>true</PublishAot>
            <InvariantGlobalization>true</InvariantGlobalization>
            <OptimizationPreference>Size</OptimizationPreference>
            <TrimmerSingleWarn>false</TrimmerSingleWarn>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <MSBuildTreatWarningsAsErrors>true</MSBuildTreatWarningsAsErrors>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Turnstone.Client" Version="0.1.0" />
            <TrimmerRootAssembly Include="Turnstone.Client" />
          </ItemGroup>
        </Project>
        """;

    private const string NativeProgram = """
        using Turnstone.Client;

        var url = new Uri(Environment.GetEnvironmentVariable("TURNSTONE_URL")!);
        var store = new SealedStore(new FileStore("sessions"), new byte[32]);
        var options = new SessionOptions { Server = url, Contract = Contract.SessionV3, Store = store };
        options.Credentials["api_key"] = Environment.GetEnvironmentVariable("TURNSTONE_KEY")!;
        using var session = new TurnstoneSession(options);
        using var http = new HttpClient(new TokenHandler(session, new SocketsHttpHandler())) { BaseAddress = url };
        Console.WriteLine((int)(await http.GetAsync("/v3/individuals")).StatusCode);

        using var later = new TurnstoneSession(options);
        var token = await later.GetAccessTokenAsync();
        Console.WriteLine(token.Value == (await session.GetAccessTokenAsync()).Value);
        Console.WriteLine(token.Scheme);

        options = new SessionOptions { Server = url };
        options.Credentials["api_key"] = "not a key";
        try
        {
            await new TurnstoneSession(options).GetAccessTokenAsync();
        }
        catch (SignInRefusedException reason)
        {
            Console.WriteLine(reason.Code);
        }
        """;

    private const string GuardedProject = """
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <AssemblyName>empty</AssemblyName>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Turnstone.AspNetCore.OpenApi" Version="0.1.0" />
            <PackageReference Include="Microsoft.AspNetCore.OpenApi" Version="10.0.15" />
          </ItemGroup>
        </Project>
        """;

    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Microsoft.Extensions.DependencyInjection" Version="10.0.0" />
          </ItemGroup>
        </Project>
        """;

    /// <summary>The packages of before must not be taken for those of now, so none is kept.</summary>
    private static string Sources(string packages, string cache) =>
        $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{cache}" /></config>
              <packageSources><add key="packed" value="{packages}" /></packageSources>
              <fallbackPackageFolders><add key="machine" value="{MachineCache}" /></fallbackPackageFolders>
            </configuration>
            """;

    private static string MachineCache =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>C# wants what is used at the top of the file.</summary>
    private static string Hoisted(string program)
    {
        var lines = program.Split('\n').ToLookup(line => line.StartsWith("using Turnstone", StringComparison.Ordinal)
            || line.StartsWith("using Microsoft", StringComparison.Ordinal));
        return string.Join('\n', lines[true].Concat(lines[false]));
    }
}
