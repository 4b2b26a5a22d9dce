using System.Text;
using Turnstone.Foreign;
using Turnstone.Model;
using Turnstone.Server.Hosting.Outbound;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Hosting.Outbound;

/// <summary>Foreign documents are fetched from a real server, over real sockets.</summary>
public abstract class ForeignDocumentTest : IAsyncLifetime
{
    private protected static FetchPayer Somebody { get; } = FetchPayer.Registered("somebody");

    private protected FakeMachineClock Time { get; } = new();

    private protected ForeignServer Foreign { get; private set; } = null!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Foreign = await ForeignServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Foreign.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected ForeignDocuments Documents(OutboundRules? rules = null, ForeignDocumentBounds? bounds = null) =>
        new(rules ?? new(Anywhere: true), bounds ?? ForeignDocumentBounds.Usual, RandomSource.System, Time);

    private protected ValueTask<Fetched<string>> GetAsync(
        ForeignDocuments documents,
        string path,
        FetchPayer? payer = null
    ) => documents.GetAsync<string>(Foreign.At(path), payer ?? Somebody, Read, Cancel);

    private protected static string? Read(byte[] json, out string? problem)
    {
        problem = null;
        return Encoding.UTF8.GetString(json);
    }
}
