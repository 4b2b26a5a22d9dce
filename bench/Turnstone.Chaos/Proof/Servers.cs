namespace Turnstone.Chaos.Proof;

/// <summary>The servers of a run.</summary>
/// <param name="Address">Where requests go.</param>
/// <param name="Credentials">What opens a session of a contract.</param>
/// <param name="KillOneAsync">Ends one of them at once and starts it again; the number chooses it.</param>
internal sealed record Servers(
    Uri Address,
    Func<string, Task<Dictionary<string, string>>> Credentials,
    Func<int, Task> KillOneAsync
);
