using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Storage.Tests.Directory;

/// <summary>Devices that wait for a person.</summary>
public abstract class DeviceAuthorizationStoreTests(TestDatabase database) : StoreTest(database)
{
    private static readonly TimeSpan Five = TimeSpan.FromSeconds(5);

    private IDeviceAuthorizationStore Devices => Store.Devices;

    [Fact]
    public async Task It_is_found_as_it_was_written_by_either_hash()
    {
        var device = await GivenAsync();

        Assert.Equivalent(device, await Devices.FindAsync([NewHash(), device.Hash], Cancel), strict: true);
        Assert.Equivalent(device, await Devices.FindByUserCodeAsync([device.UserCodeHash], Cancel), strict: true);
        Assert.Null(await Devices.FindAsync([device.UserCodeHash], Cancel));
    }

    [Fact]
    public async Task A_user_code_that_is_taken_is_a_conflict_and_no_more_wait_than_may()
    {
        var device = await GivenAsync();

        var twin = await Devices.AddAsync(device with { Hash = NewHash() }, Five, 1_000, Cancel);
        var full = await Devices.AddAsync(New(), Five, 1, Cancel);

        Assert.Equal((ReceiptKind.Conflict, ReceiptKind.TooMany), (twin.Kind, full.Kind));
    }

    [Fact]
    public async Task The_interval_grows_with_each_question_that_comes_too_early()
    {
        var device = await GivenAsync();
        Assert.True(await PollAsync(device));
        Assert.False(await PollAsync(device));
        Time.Advance(TimeSpan.FromSeconds(8));
        Assert.False(await PollAsync(device));
        Time.Advance(TimeSpan.FromSeconds(15));
        Assert.True(await PollAsync(device));
    }

    [Fact]
    public async Task Of_many_answers_at_once_one_counts()
    {
        var device = await GivenAsync();

        var receipts = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => Devices.DenyAsync(device.Hash, Entry(), Cancel))
        );

        Assert.Single(receipts, receipt => receipt.IsCommitted);
        Assert.Equal(DeviceAnswer.Denied, (await Devices.FindAsync([device.Hash], Cancel))!.Answer);
    }

    [Fact]
    public async Task What_nobody_has_consented_to_is_not_allowed()
    {
        var device = await GivenAsync();
        var code = new OneTimeCode
        {
            Hash = device.Hash,
            Contract = device.Contract,
            AccountId = NewId(),
            AccountEpoch = 0,
            ClientId = device.ClientId,
            ExpiresAt = device.ExpiresAt,
        };

        Assert.Equal(ReceiptKind.Withdrawn, (await Devices.AllowAsync(code, Entry(), Cancel)).Kind);

        Assert.Null((await Devices.FindAsync([device.Hash], Cancel))!.Answer);
        Assert.Null(await Devices.CodeAsync(device.Hash, Cancel));
    }

    [Fact]
    public async Task It_is_swept_a_day_after_its_end_and_answered_only_before()
    {
        var device = await GivenAsync();
        Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(ReceiptKind.Conflict, (await Devices.DenyAsync(device.Hash, Entry(), Cancel)).Kind);
        Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        var young = await GivenAsync();

        Assert.InRange((await Store.Upkeep.SweepAsync(new Retention(), Cancel)).Codes, 1, int.MaxValue);

        Assert.Null(await Devices.FindAsync([device.Hash], Cancel));
        Assert.NotNull(await Devices.FindAsync([young.Hash], Cancel));
    }

    private Task<bool> PollAsync(DeviceAuthorization device) => Devices.PollAsync(device.Hash, Time.Now, Five, Cancel);

    private async Task<DeviceAuthorization> GivenAsync()
    {
        var device = New();
        Assert.True((await Devices.AddAsync(device, Five, 1_000, Cancel)).IsCommitted);
        return device;
    }

    private DeviceAuthorization New() =>
        new()
        {
            Hash = NewHash(),
            UserCodeHash = NewHash(),
            ClientId = "tv",
            Contract = "oauth2",
            Scopes = Scopes.Of(["openid"]),
            AskedBy = new Caller("203.0.113.7", "tv/7"),
            CreatedAt = Time.Now,
            ExpiresAt = Time.Now.AddMinutes(10),
        };
}

public sealed class Device_authorizations_on_SQLite(SqliteDatabase database)
    : DeviceAuthorizationStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Device_authorizations_on_PostgreSQL(PostgresDatabase database)
    : DeviceAuthorizationStoreTests(database),
        IClassFixture<PostgresDatabase>;
