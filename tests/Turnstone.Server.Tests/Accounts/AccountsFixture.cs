using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Accounts;

/// <summary>
/// Identity's managers over the real store, on an SQLite file of its own. Identity's tokens and locks go by the wall
/// clock, so this does too.
/// </summary>
public sealed class AccountsFixture : IAsyncLifetime
{
    public const string Password = "correct horse battery";

    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-accounts-").FullName;
    private int emails;

    public Store Store { get; private set; } = null!;

    public ServiceProvider Services { get; private set; } = null!;

    /// <summary>Hashes of other costs than the service makes: what an upgrade finds.</summary>
    public PasswordHashing OldHashing { get; } = new(RandomSource.System, Argon2id.Load(new Argon2Cost(128, 1, 1)));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Store = Store.Open(
            new Turnstone.Storage.StoreOptions
            {
                ConnectionString = $"Data Source={Path.Combine(folder, "accounts.db")}",
            },
            TimeProvider.System,
            RandomSource.System
        );
        await Store.Migrations.ApplyAsync(Cancel);
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(RandomSource.System)
            .AddSingleton(Store.Accounts)
            .AddSingleton(new MasterKeyRing(new MasterKey(RandomSource.System.Bytes(MasterKey.Size))))
            .AddSingleton(new PasswordHashing(RandomSource.System, Argon2id.Load(new Argon2Cost(64, 1, 1))))
            .AddSingleton(new PasswordLane(new PasswordLaneSettings(), TimeProvider.System))
            .AddSingleton<PasswordCheck>();
        services.AddAccounts();
        services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
        Services = services.BuildServiceProvider(validateScopes: true);
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await Store.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    public string NewEmail() => $"ada{Interlocked.Increment(ref emails)}@example.test";

    /// <summary>Does something as one request does: with managers of its own.</summary>
    public async Task<T> RequestAsync<T>(Func<AccountManager, Task<T>> request)
    {
        await using var scope = Services.CreateAsyncScope();
        return await request(scope.ServiceProvider.GetRequiredService<AccountManager>());
    }

    public Task<Account> GivenAsync(Action<Account>? change = null) =>
        RequestAsync(async manager =>
        {
            var account = NewAccount.For(NewEmail(), RandomSource.System, TimeProvider.System.GetUtcNow());
            change?.Invoke(account);
            var created = await manager.CreateAsync(account, Password);
            Assert.True(created.Succeeded, created.ToString());
            return account;
        });

    /// <summary>Does something with an account as it is stored now.</summary>
    public Task<T> WithAsync<T>(Account account, Func<AccountManager, Account, Task<T>> request) =>
        RequestAsync(async manager => await request(manager, (await manager.FindByIdAsync(account.Id.ToString()))!));

    /// <summary>Whether the password is right, checked as every login and the portal check it.</summary>
    public async Task<bool> IsRightPasswordAsync(Account account, string password) =>
        (
            await Services
                .GetRequiredService<PasswordCheck>()
                .CheckAsync(account.Email, password, Caller.Operator, Cancel)
        ).Refusal
            is null;

    public async Task<Account> StoredAsync(Account account) => (await Store.Accounts.FindAsync(account.Id, Cancel))!;

    /// <summary>An open session of the account.</summary>
    public async Task<SessionId> OpenSessionAsync(Account account)
    {
        var now = TimeProvider.System.GetUtcNow();
        var session = new Session
        {
            Id = SessionId.New(RandomSource.System, now),
            Contract = "auth",
            Grant = GrantKind.Password,
            Subject = account.Id.ToString(),
            AccountId = account.Id,
            Scopes = Scopes.None,
            Refreshable = true,
            CreatedAt = now,
            AdvancedAt = now,
            AccessExpiresAt = now.AddHours(1),
            RefreshExpiresAt = now.AddDays(1),
            OpenedBy = Caller.Operator,
        };
        var vouchers = new Preconditions { Account = (account.Id, (await StoredAsync(account)).Epoch) };
        Assert.True(
            (
                await Store.Sessions.OpenAsync(
                    session,
                    vouchers,
                    new AuditEntry
                    {
                        Event = AuditEvent.Login,
                        At = now,
                        Caller = Caller.Operator,
                    },
                    Cancel
                )
            ).IsCommitted
        );
        return session.Id;
    }

    public async Task<bool> IsLiveAsync(SessionId session) =>
        (await Store.Sessions.FindAsync(session, Cancel))!.IsLive(TimeProvider.System.GetUtcNow());

    public async Task<List<AuditEvent>> AuditAsync(Account account) =>
        [
            .. (await Store.Audit.ReadAsync(new AuditQuery { AccountId = account.Id }, Cancel)).Select(entry =>
                entry.Event.Known!.Value
            ),
        ];
}
