using System.Data.Common;

namespace Turnstone.Server.Settings;

/// <summary>The store's connection string, and what it names.</summary>
public sealed record DatabasePlace
{
    public const string Setting = "ConnectionStrings:Turnstone";

    private const string Default = "Data Source=data/turnstone.db";

    private DatabasePlace(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    /// <summary>The embedded database's file; null on PostgreSQL.</summary>
    public string? File { get; private init; }

    /// <summary>Where PostgreSQL is; null for an embedded database.</summary>
    public string? Host { get; private init; }

    /// <summary>The database on PostgreSQL; null where it is the one of the user's name.</summary>
    public string? Database { get; private init; }

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
                return new(text)
                {
                    Host = (string)parts["Host"],
                    Database = parts.TryGetValue("Database", out var name) ? (string)name : null,
                };
            }

            if (text.StartsWith("Data Source=", StringComparison.OrdinalIgnoreCase))
            {
                return new(text) { File = Path.GetFullPath((string)parts["Data Source"]) };
            }
        }
        catch (ArgumentException)
        {
            // Reported below, without the text, which may contain a password.
        }

        problems.Add(
            $"{Setting} cannot be read: it has to begin with \"Data Source=\" (SQLite) or with \"Host=\" (PostgreSQL)."
        );
        return new(Default);
    }

    /// <summary>The place without the password.</summary>
    public override string ToString() =>
        File is not null ? $"SQLite file {File}"
        : Host is not null ? $"PostgreSQL at {Host}, database {Database ?? "of the user's name"}"
        : "";
}
