using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Turnstone.Server.Settings;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Hosting;

/// <summary>What systemd is told (sd_notify), and what the unit in deploy/ expects of it.</summary>
public sealed class ServiceManagerTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_told_when_the_server_serves_and_when_it_stops(bool abstractName)
    {
        var name = Listen(abstractName);
        var starting = ServerProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["NOTIFY_SOCKET"] = name,
                ["Turnstone:DrainSeconds"] = "1",
                ["Turnstone:ShutdownSeconds"] = "200",
            },
            folder
        );

        Assert.Equal("READY=1", await ReceiveAsync());
        await using var server = await starting;
        server.Terminate();

        var stop = await ReceiveAsync();
        Assert.False(server.HasExited);
        Assert.Matches("^STOPPING=1\nEXTEND_TIMEOUT_USEC=[0-9]+$", stop);
        Assert.InRange(long.Parse(stop.Split('=')[^1], CultureInfo.InvariantCulture), 201_000_000, 260_000_000);
        Assert.Equal(0, await server.ExitAsync());
    }

    [Fact]
    public async Task It_is_told_nothing_by_a_server_that_does_not_come_to_serve()
    {
        var refused = await ServerProcess.RunAsync(
            folder,
            new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = "Production",
                ["Turnstone:Issuer"] = "https://id.example.test",
                ["NOTIFY_SOCKET"] = Listen(abstractName: false),
            },
            "serve"
        );

        Assert.Equal(69, refused.ExitCode);
        Assert.Equal(0, socket.Available);
    }

    [Fact]
    public void The_unit_waits_for_ready_and_for_as_long_as_a_stop_takes_by_default()
    {
        var unit = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "turnstone.service"));
        var settings = new TurnstoneSettings(Contracts.AllContracts.List);

        Assert.Matches(new Regex("^Type=notify$", RegexOptions.Multiline), unit);
        var stop = Regex.Match(unit, "^TimeoutStopSec=([0-9]+)$", RegexOptions.Multiline).Groups[1].Value;
        Assert.InRange(
            int.Parse(stop, CultureInfo.InvariantCulture),
            settings.DrainSeconds + settings.ShutdownSeconds + 30,
            int.MaxValue
        );
    }

    public void Dispose()
    {
        socket.Dispose();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private string Listen(bool abstractName)
    {
        var name = Path.Combine(folder, "notify");
        socket.Bind(new UnixDomainSocketEndPoint(abstractName ? $"\0{name}" : name));
        return abstractName ? $"@{name}" : name;
    }

    private async Task<string> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[1024];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
    }
}
