namespace Turnstone.Chaos.Clients;

/// <summary>A program that holds one session and does what it is told: see clients/drivers.</summary>
/// <param name="Name">The client's name.</param>
/// <param name="Words">How it is started.</param>
internal sealed record ClientProgram(string Name, params IReadOnlyList<string> Words)
{
    /// <summary>The three clients.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="dotnet">The built program of clients/drivers/dotnet.</param>
    public static IReadOnlyList<ClientProgram> Ours(string root, string dotnet) =>
        [
            new("dotnet", dotnet),
            new("python", "python3", Path.Combine(root, "clients", "drivers", "driver.py")),
            new("typescript", "node", Path.Combine(root, "clients", "drivers", "driver.mjs")),
        ];

    /// <summary>The refreshing of libraries that are in wide use.</summary>
    /// <param name="root">The repository.</param>
    public static IReadOnlyList<ClientProgram> Stock(string root)
    {
        var folder = Path.Combine(root, "bench", "Turnstone.Chaos", "Clients");
        return
        [
            // Debian's Python has Authlib.
            new("Authlib", "/usr/bin/python3", Path.Combine(folder, "stock_authlib.py")),
            new("simple-oauth2", "node", Path.Combine(folder, "stock-simple-oauth2.mjs"), root),
            new("Duende OidcClient", Environment.ProcessPath!, StockOidcClient.Word),
        ];
    }

    /// <summary>One as many write it: it refreshes when it must, and saves afterwards.</summary>
    public static ClientProgram Naive(string root) =>
        new("naive", "python3", Path.Combine(root, "bench", "Turnstone.Chaos", "Clients", "naive.py"));
}
