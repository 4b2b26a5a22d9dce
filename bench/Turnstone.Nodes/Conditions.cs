using System.Runtime.InteropServices;
using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes;

/// <summary>Under what conditions a run took place.</summary>
internal static class Conditions
{
    public static async Task<string> TextAsync()
    {
        var haproxy = (await Programs.RunAsync(["sh", "-c", "PATH=$PATH:/usr/sbin haproxy -v"]))
            .Split('\n')[0]
            .Split(' ')[2];
        var postgres = (await PostgresServer.VersionAsync()).Trim();
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"""
            - {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC; {Environment.ProcessorCount} cores for PostgreSQL,
              HAProxy, nodes and clients together; {RuntimeInformation.OSDescription}; .NET {Environment.Version}
            - {postgres}, fsync and full page writes on;
              HAProxy {haproxy} with [haproxy.cfg.template](../haproxy/haproxy.cfg.template)
            - the server as published (Release, Production), every contract; a client waits
              {Chain.Deadline.TotalSeconds:0} s for an answer (the deadline), pauses 20 ms between refreshes, repeats
              what failed with the same token after the answer's Retry-After (0.2 s where there is none); every other
              client sends an Idempotency-Key
            - *lost* is a session that the server would not go on with (a 4xx other than 408 and 429), during the load
              or at one last refresh after it
            """
        );
    }
}
