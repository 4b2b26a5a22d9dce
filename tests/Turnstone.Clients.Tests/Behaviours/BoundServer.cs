using Turnstone.Chaos.Faults;
using Turnstone.Chaos.Proxy;

namespace Turnstone.Clients.Tests.Behaviours;

/// <summary>A server that binds tokens to keys, behind a fault proxy that has the address of its issuer.</summary>
public sealed class BoundServer : IAsyncLifetime
{
    private readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("turnstone-bound-");
    private readonly List<Uri> servers = [];

    public BoundServer() => Proxy = new FaultProxy(servers, Faults);

    internal ScriptedFaults Faults { get; } = new();

    internal FaultProxy Proxy { get; }

    internal LocalServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await LocalServer.StartAsync(("Turnstone:Issuer", Proxy.Address.ToString().TrimEnd('/')));
        servers.Add(Server.Address);
        await BoundClient.ApplyAsync(Server, folder.FullName);
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Server.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
