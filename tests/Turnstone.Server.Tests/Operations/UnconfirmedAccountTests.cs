using System.Text.Json.Nodes;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Operations;

/// <summary>Somebody has signed up with an address that he never confirmed, and then the operator names it.</summary>
public sealed class UnconfirmedAccountTests : IAsyncLifetime
{
    private const string Email = "boss@example.test";
    private const string StrangersPassword = "the stranger's own password";

    private readonly string folder = ServerProcess.NewFolder();
    private readonly PasswordHashing hashing = new(RandomSource.System, Argon2id.Load());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("the operator's own password")]
    [InlineData(StrangersPassword)]
    public async Task A_password_in_the_file_throws_the_stranger_out_and_confirms_the_account(string given)
    {
        var before = await GivenAsync();

        var applied = await ApplyAsync(
            $$"""{ "accounts": [{ "email": "{{Email}}", "password": "{{given}}", "administrator": true }] }"""
        );

        var after = await ReadAsync();
        Assert.Equal((0, true, true), (applied.ExitCode, after.EmailConfirmed, after.Administrator));
        Assert.True(hashing.Verify(after.PasswordHash!, given).Matches);
        AssertThrownOut(before, after);
        Assert.DoesNotContain(given, applied.Output, StringComparison.Ordinal);
        Assert.Empty(
            JsonNode.Parse(
                (await ApplyAsync($$"""{ "accounts": [{ "email": "{{Email}}", "password": "{{given}}" }] }""")).Output
            )!["changes"]!.AsArray()
        );
    }

    [Fact]
    public async Task Without_one_a_password_is_minted_and_printed_as_for_a_new_account()
    {
        var before = await GivenAsync();

        var applied = await ApplyAsync($$"""{ "accounts": [{ "email": "{{Email}}" }] }""");

        var after = await ReadAsync();
        var minted = (string)JsonNode.Parse(applied.Output)!["changes"]![0]!["minted"]!["password"]!;
        Assert.True(after.EmailConfirmed);
        Assert.True(hashing.Verify(after.PasswordHash!, minted).Matches);
        Assert.False(hashing.Verify(after.PasswordHash!, StrangersPassword).Matches);
        AssertThrownOut(before, after);
    }

    [Fact]
    public async Task It_is_made_no_administrator()
    {
        await GivenAsync();

        var refused = await InProcess.RunAsync(folder, null, "administrator", Email);

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("Nobody has confirmed boss@example.test yet", refused.Error, StringComparison.Ordinal);
        Assert.False((await ReadAsync()).Administrator);
    }

    public async ValueTask InitializeAsync() => await ServerProcess.InitAsync(folder);

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static void AssertThrownOut(Account before, Account after)
    {
        Assert.NotEqual(before.PasswordHash, after.PasswordHash);
        Assert.NotEqual(before.SecurityStamp, after.SecurityStamp);
        Assert.True(after.Epoch > before.Epoch);
        Assert.False(after.TwoFactorEnabled);
    }

    private async Task<Account> GivenAsync()
    {
        await ApplyAsync("{}");
        var account = NewAccount.For(Email, RandomSource.System, TimeProvider.System.GetUtcNow());
        account.PasswordHash = hashing.Hash(StrangersPassword);
        account.TwoFactorEnabled = true;
        await using var store = Open();
        Assert.True(
            (
                await store.Accounts.CreateAsync(
                    account,
                    new AuditEntry
                    {
                        Event = AuditEvent.AccountCreated,
                        At = account.CreatedAt,
                        Caller = Caller.Operator,
                        AccountId = account.Id,
                    },
                    Cancel
                )
            ).IsCommitted
        );
        await store.Accounts.SavePasskeyAsync(new Passkey([1, 2, 3], account.Id, "{}", account.CreatedAt), Cancel);
        return account;
    }

    private async Task<Account> ReadAsync()
    {
        await using var store = Open();
        var account = (await store.Accounts.FindByEmailAsync(Email.ToUpperInvariant(), Cancel))!;
        if (account.EmailConfirmed)
        {
            Assert.Empty(await store.Accounts.PasskeysAsync(account.Id, Cancel));
        }

        return account;
    }

    private async Task<CommandResult> ApplyAsync(string text) =>
        await InProcess.RunAsync(folder, null, "apply", await ProvisioningText.WriteAsync(folder, text), "--json");

    private Storage.Store Open() =>
        Storage.Store.Open(
            new Storage.StoreOptions
            {
                ConnectionString = $"Data Source={Path.Combine(folder, "data", "turnstone.db")}",
            },
            TimeProvider.System,
            RandomSource.System
        );
}
