namespace Turnstone.Peers;

/// <summary>What it was started with.</summary>
/// <param name="Port">Where it listens.</param>
/// <param name="Chains">How many sessions are opened.</param>
/// <param name="Postgres">The connection string.</param>
internal sealed record Options(int Port, int Chains, string Postgres)
{
    public string Address => $"http://127.0.0.1:{Port}";

    public static Options Read(string[] args)
    {
        string? Given(string name) => Array.IndexOf(args, name) is var at and >= 0 ? args[at + 1] : null;
        var postgres =
            Given("--postgres") ?? throw new ArgumentException("It is measured on PostgreSQL alone: give --postgres.");
        return new Options(
            int.Parse(Given("--port")!),
            int.Parse(Given("--chains") ?? "64"),
            Written(postgres)
        );
    }

    private static string Named(string word) =>
        word switch
        {
            "user" => "Username",
            "dbname" => "Database",
            _ => word,
        };

    // In libpq's words as all peers get them. Statements are prepared, as Npgsql's manual advises.
    private static string Written(string postgres)
    {
        var words = postgres
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Split('=', 2))
            .Select(pair => $"{Named(pair[0])}={pair[1]}");
        return string.Join(';', words)
            + ";Maximum Pool Size=32;Max Auto Prepare=100;No Reset On Close=true";
    }
}
