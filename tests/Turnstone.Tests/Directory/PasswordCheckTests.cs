using System.Diagnostics;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Tests.Directory;

public sealed class PasswordCheckTests : CredentialTest
{
    private const string Password = "correct horse battery";

    /// <summary>
    /// How long a check takes is left to the machine's load, but not which of two is slower: if both do the same work,
    /// one of them is slower in 20 or more of 21 rounds once in 95,000 runs. Without the decoy it is in all of them.
    /// </summary>
    private const int Rounds = 21;
    private const int MostRoundsSlower = 19;

    private readonly StoreSpy<IAccountStore> accounts;
    private readonly PasswordHashing hashing = new(Random, Argon2id.Load(new Argon2Cost(64, 1, 1)));
    private readonly PasswordLane lane = new(new PasswordLaneSettings(), TimeProvider.System);

    public PasswordCheckTests() => accounts = new(Store.Accounts);

    [Theory]
    [InlineData("ada@example.test")]
    [InlineData(" ADA@Example.TEST ")]
    public async Task The_right_password_gives_the_account_however_the_email_is_written(string email)
    {
        var ada = await GivenAsync("ada@example.test");

        Assert.True(
            (await Check().CheckAsync(email, Password, Caller.Operator, Cancel)).Granted(out var account, out _)
        );
        Assert.Equal(ada.Id, account.Id);
    }

    [Fact]
    public async Task Every_reason_to_refuse_gives_the_same_refusal()
    {
        await GivenAsync("ada@example.test");
        await GivenAsync("disabled@example.test", account => account.DisabledAt = Time.Now);
        await GivenAsync("passkey@example.test", account => account.PasswordHash = null);

        (string?, string?)[] wrong =
        [
            ("ada@example.test", "wrong"),
            ("ada@example.test", ""),
            ("ada@example.test", null),
            ("ada@example.test", new string('x', 5000)),
            ("nobody@example.test", Password),
            ("disabled@example.test", Password),
            ("passkey@example.test", Password),
            ("no email", Password),
            ("", Password),
            (null, Password),
        ];
        foreach (var (email, password) in wrong)
        {
            var refusal = (await Check().CheckAsync(email, password, Caller.Operator, Cancel)).Refusal;
            Assert.Equal(RefusalCode.InvalidCredentials, refusal?.Code);
            Assert.Equal(
                (await Check().CheckAsync("other@example.test", "x", Caller.Operator, Cancel)).Refusal,
                refusal
            );
        }
    }

    [Fact]
    public async Task A_hash_of_old_costs_is_replaced_at_the_next_login_and_only_then()
    {
        var old = new PasswordHashing(Random, Argon2id.Load(new Argon2Cost(128, 1, 1))).Hash(Password);
        var ada = await GivenAsync("ada@example.test", account => account.PasswordHash = old);

        Assert.NotNull((await Check().CheckAsync("ada@example.test", "wrong", Caller.Operator, Cancel)).Refusal);
        Assert.Equal(old, await HashAsync());
        Assert.Null((await Check().CheckAsync("ada@example.test", Password, Caller.Operator, Cancel)).Refusal);
        Assert.StartsWith("$argon2id$v=19$m=64,", await HashAsync(), StringComparison.Ordinal);
        Assert.Null((await Check().CheckAsync("ada@example.test", Password, Caller.Operator, Cancel)).Refusal);
        Assert.Equal(1, accounts.Calls(nameof(IAccountStore.RehashAsync)));

        async Task<string?> HashAsync() => (await Store.Accounts.FindAsync(ada.Id, Cancel))!.PasswordHash;
    }

    [Fact]
    public async Task A_full_lane_is_told_as_such_whether_the_account_exists_or_not()
    {
        await GivenAsync("ada@example.test");
        lane.Dispose();

        Assert.Equal(
            RefusalCode.Unavailable,
            (await Check().CheckAsync("ada@example.test", Password, Caller.Operator, Cancel)).Refusal?.Code
        );
        Assert.Equal(
            RefusalCode.Unavailable,
            (await Check().CheckAsync("nobody@example.test", Password, Caller.Operator, Cancel)).Refusal?.Code
        );
    }

    [Fact]
    public async Task Known_and_unknown_accounts_take_the_same_time()
    {
        var real = new PasswordHashing(Random, Argon2id.Load());
        var check = new PasswordCheck(accounts.Store, real, lane);
        await GivenAsync("ada@example.test", account => account.PasswordHash = real.Hash(Password));
        await GivenAsync("passkey@example.test", account => account.PasswordHash = null);
        string[] emails = ["ada@example.test", "nobody@example.test", "passkey@example.test"];
        var times = emails.ToDictionary(email => email, _ => new List<double>());

        // Side by side, so that a busy moment of the machine falls on each of them.
        for (var i = 0; i < Rounds; i++)
        {
            foreach (var email in emails)
            {
                var began = Stopwatch.GetTimestamp();
                await check.CheckAsync(email, "wrong password", Caller.Operator, Cancel);
                times[email].Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        foreach (var (one, other) in emails.SelectMany(one => emails.Select(other => (one, other))))
        {
            Assert.InRange(RoundsSlower(times[one], times[other]), 0, MostRoundsSlower);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        lane.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>In how many rounds the one took more than half as long again as the other.</summary>
    private static int RoundsSlower(List<double> one, List<double> other) =>
        one.Zip(other).Count(round => round.First > round.Second * 1.5);

    private PasswordCheck Check() => new(accounts.Store, hashing, lane);

    private Task<Account> GivenAsync(string email, Action<Account>? change = null) =>
        GivenAccountAsync(
            email,
            account =>
            {
                account.PasswordHash = hashing.Hash(Password);
                change?.Invoke(account);
            }
        );
}
