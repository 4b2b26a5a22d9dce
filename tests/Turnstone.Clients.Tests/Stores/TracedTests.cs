using Turnstone.Clients.Tests.Behaviours;

namespace Turnstone.Clients.Tests.Stores;

/// <summary>
/// What a client asks the system for when it saves, as strace shows it. Where that is not there or may not look, the
/// tests are left out.
/// </summary>
public abstract class TracedTests : IDisposable
{
    protected const string Contract = "/auth/v2";

    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-traced-").FullName;

    public static TheoryData<string> Clients => new(RowRuns.Clients.Select(client => client.Name));

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What strace writes.</summary>
    protected string TraceFile => Path.Combine(folder, "trace");

    protected string Sessions => Path.Combine(folder, "sessions");

    protected string Stored => Path.Combine(Sessions, "default.json");

    public void Dispose()
    {
        System.IO.Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
