using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Micro;

/// <summary>The server's own pieces over a real store, put together as the server does it but without one.</summary>
internal sealed class CoreFixture : IAsyncDisposable
{
    /// <summary>Names the database for <see cref="OnPostgres"/>.</summary>
    public const string PostgresVariable = "TURNSTONE_BENCH_POSTGRES";

    private readonly string? folder;
    private readonly RevocationMeter meter = new();

    private CoreFixture(string connectionString, string? folder)
    {
        this.folder = folder;
        Store = Store.Open(
            new StoreOptions { ConnectionString = connectionString },
            TimeProvider.System,
            RandomSource.System
        );
        Ring = new SigningKeyRing(
            Store.SigningKeys,
            Masters,
            new KeyCalendar(),
            TimeProvider.System,
            RandomSource.System
        );
        Revoked = new RevokedSessions(
            Store.Sessions,
            Store.Changes,
            new RevocationBounds(),
            meter,
            TimeProvider.System
        );
        Writer = new AccessTokenWriter(Ring, Issuer);
    }

    public static string? OnPostgres => Environment.GetEnvironmentVariable(PostgresVariable);

    public static Terms Terms { get; } =
        new()
        {
            Contract = "auth",
            AccessLifetime = TimeSpan.FromHours(12),
            RefreshLifetime = TimeSpan.FromDays(14),
        };

    public IssuerAndAudience Issuer { get; } = new("https://tokens.example.test", "https://api.example.test");

    public MasterKeyRing Masters { get; } = new(new MasterKey(RandomSource.System.Bytes(MasterKey.Size)));

    public Store Store { get; }

    public SigningKeyRing Ring { get; }

    public RevokedSessions Revoked { get; }

    public AccessTokenWriter Writer { get; }

    /// <summary>
    /// On SQLite, in a folder that goes with it; or on the database that a connection string names, which is left as it
    /// becomes.
    /// </summary>
    public static async Task<CoreFixture> OpenAsync(string? connectionString = null)
    {
        var folder = connectionString is null
            ? System.IO.Directory.CreateTempSubdirectory("turnstone-micro-").FullName
            : null;
        var workshop = new CoreFixture(connectionString ?? $"Data Source={folder}/turnstone.db", folder);
        await workshop.Store.Migrations.ApplyAsync(CancellationToken.None);
        return workshop;
    }

    /// <summary>Makes the keys of a first start and reads what is revoked: nothing.</summary>
    public async Task LoadAsync()
    {
        await Ring.TendAsync(CancellationToken.None);
        await Revoked.RefreshAsync(CancellationToken.None);
    }

    public AccessTokenReader NewReader(int remembered) => new(Ring, Issuer, Revoked, TimeProvider.System, remembered);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        meter.Dispose();
        if (folder is not null)
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }
}
