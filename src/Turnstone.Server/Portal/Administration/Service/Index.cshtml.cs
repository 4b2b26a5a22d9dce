using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Telemetry;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Portal.Administration.Service;

/// <summary>The state of this node: its checks, its last hour, and what waits for an administrator.</summary>
public sealed class ServicePage(
    Readiness readiness,
    LoadRecorder recorder,
    Store store,
    ISubscriptionStore subscriptions,
    SigningKeyRing ring,
    TimeProvider time
) : AdministrationPage
{
    private const int MostCounted = 100;

    public IReadOnlyList<ReadinessCheck> Checks { get; private set; } = [];

    public ServiceLoad Load { get; private set; } = null!;

    public string Engine { get; private set; } = "";

    public string Version { get; } = ServerVersion.Text;

    public string Node { get; } = Environment.MachineName;

    public TimeSpan Uptime => time.GetUtcNow() - recorder.StartedAt;

    public DateTimeOffset StartedAt => recorder.StartedAt;

    /// <summary>The number of waiting subscriptions, or "100+".</summary>
    public string Waiting { get; private set; } = "0";

    public IReadOnlyList<(SigningAlgorithm Algorithm, SigningKey? Key)> Signing { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Checks = await readiness.CheckAsync(Cancel);
        Load = ServiceLoad.Of(recorder);
        Engine = await store.EngineAsync(Cancel);
        var waiting = (await subscriptions.ListAsync(SubscriptionState.Submitted, MostCounted + 1, Cancel)).Count;
        Waiting = waiting > MostCounted ? $"{MostCounted}+" : $"{waiting}";
        Signing = [.. Enum.GetValues<SigningAlgorithm>().Select(algorithm => (algorithm, Key(algorithm)))];
    }

    private SigningKey? Key(SigningAlgorithm algorithm)
    {
        try
        {
            return ring.Signing(algorithm);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }
}
