using System.Data.Common;

namespace Turnstone.Server.Settings;

/// <summary>The store's connection string, and the file of an embedded database.</summary>
public sealed record DatabasePlace
{
    public const string Setting = "ConnectionStrings:Turnstone";

    private const string Default = "Data Source=data/turnstone.db";

    private DatabasePlace(string connectionString, string? file, string shown) =>
        (ConnectionString, File, shownAs) = (connectionString, file, shown);

    private readonly string shownAs;

    public string ConnectionString { get; }

    /// <summary>The embedded database's file; null on PostgreSQL.</summary>
    public string? File { get; }

    /// <summary>The folder of the embedded database and of its master key.</summary>
    public string? Folder => Path.GetDirectoryName(File);

    public static DatabasePlace Read(IConfiguration configuration, List<string> problems)
    {
        var text = configuration.GetConnectionString("Turnstone") is { Length: > 0 } given ? given.Trim() : Default;
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text };
            if (text.StartsWith("Host=", StringComparison.OrdinalIgnoreCase))
            {
                return new(
                    text,
                    null,
                    $"PostgreSQL at {parts["Host"]}, "
                        + $"database {(parts.TryGetValue("Database", out var name) ? name : "of the user's name")}"
                );
            }

            if (text.StartsWith("Data Source=", StringComparison.OrdinalIgnoreCase))
            {
                var file = Path.GetFullPath((string)parts["Data Source"]);
                return new(text, file, $"SQLite file {file}");
            }
        }
        catch (ArgumentException)
        {
            // Reported below, without the text, which may contain a password.
        }

        problems.Add(
            $"{Setting} cannot be read: it has to begin with \"Data Source=\" (SQLite) or with \"Host=\" (PostgreSQL)."
        );
        return new(Default, null, "");
    }

    /// <summary>The place without the password.</summary>
    public override string ToString() => shownAs;
}
