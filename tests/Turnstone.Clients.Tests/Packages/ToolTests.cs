namespace Turnstone.Clients.Tests.Packages;

/// <summary>The command line installs as a .NET tool into an empty folder, and signs in from there.</summary>
public sealed class ToolTests(RealServer server)
{
    [Fact]
    public async Task The_command_line_installs_as_a_tool_and_gives_a_token()
    {
        using var project = new EmptyProject();
        var packages = project.Make("packages");
        var cli = Path.Combine(Repository.Root, "src", "Turnstone.Cli");
        await project.RunAsync(server, "dotnet", "pack", cli, "--no-build", "-c", "Debug", "-o", packages);
        await project.WriteAsync(
            "nuget.config",
            $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{project.Make("cache")}" /></config>
              <packageSources><clear /><add key="packed" value="{packages}" /></packageSources>
            </configuration>
            """
        );
        var tools = project.Make("tools");
        await project.RunAsync(server, "dotnet", "tool", "install", "Turnstone.Cli", "--tool-path", tools);

        var output = await project.RunAsync(
            server,
            "bash",
            "-ec",
            $"""
            export HOME='{project.Folder}' XDG_CONFIG_HOME='{project.Folder}/c' XDG_STATE_HOME='{project.Folder}/s'
            '{tools}/turnstone' login "$TURNSTONE_URL" <<<"$TURNSTONE_KEY" >/dev/null
            '{tools}/turnstone' token
            """
        );
        Assert.Equal(3, output.Trim().Split('.').Length);
    }
}
