using Turnstone.Chaos.Clients;

namespace Turnstone.Chaos.Proof;

/// <summary>A client that runs beside ours and need not hold.</summary>
/// <param name="Program">It.</param>
/// <param name="Servers">Whom it talks to.</param>
/// <param name="Contract">What it speaks there.</param>
/// <param name="Alone">Whether each session has one process: most libraries promise nothing for more.</param>
internal sealed record Compared(ClientProgram Program, Servers Servers, string Contract, bool Alone)
{
    /// <summary>One as many write it, and the libraries, each at this server and at the other.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="servers">Ours.</param>
    /// <param name="peer">oidc-provider; null where it is not installed.</param>
    public static IReadOnlyList<Compared> All(string root, Servers servers, Servers? peer) =>
        [
            new(ClientProgram.Naive(root), servers, "/auth/v2", Alone: false),
            .. Stock(root, servers with { Credentials = OfStock(servers) }, "Turnstone"),
            .. peer is null ? [] : Stock(root, peer, "oidc-provider"),
        ];

    private static IEnumerable<Compared> Stock(string root, Servers servers, string name) =>
        ClientProgram
            .Stock(root)
            .Select(program => new Compared(
                program with
                {
                    Name = $"{program.Name} at {name}",
                },
                servers,
                "/oauth2",
                Alone: true
            ));

    private static Func<string, Task<Dictionary<string, string>>> OfStock(Servers servers) =>
        async contract =>
        {
            var known = await servers.Credentials(contract);
            known["token_path"] = "/oauth2/token";
            return known;
        };
}
