using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Tests.Directory;

public sealed class ApiKeysTests : CredentialTest
{
    private readonly StoreSpy<IApiKeyStore> store;

    public ApiKeysTests() => store = new(Store.ApiKeys);

    private ApiKeys ApiKeys => new(store.Store, Keys, new StoreChanges(), Random, Time);

    [Fact]
    public async Task A_new_key_proves_itself_and_is_stored_as_a_hash_alone()
    {
        var minted = await CreateAsync();

        Assert.True((await ApiKeys.ProveAsync(minted.Text, Cancel)).Granted(out var key, out _));
        Assert.Equal((minted.Key.Id, Ada, "ci", ReadScope), (key.Id, key.AccountId, key.Name, key.Scopes));
        Assert.Equal(minted.Text[..8], key.Hint);
        Assert.DoesNotContain(minted.Text[8..], $"{key} {minted} {store.Audit[0]}", StringComparison.Ordinal);
        Assert.Equal((AuditEvent.ApiKeyCreated, (Guid?)key.Id), (store.Audit[0].Event, store.Audit[0].ApiKeyId));
    }

    [Fact]
    public async Task A_typo_is_refused_without_a_query_and_in_the_words_of_an_unknown_key()
    {
        var text = (await CreateAsync()).Text;
        var lookups = store.Lookups;
        var typo = text[..^1] + (text[^1] == 'a' ? 'b' : 'a');

        var refused = (await ApiKeys.ProveAsync(typo, Cancel)).Refusal;

        Assert.Equal(lookups, store.Lookups);
        Assert.Equal(RefusalCode.InvalidCredentials, refused?.Code);
        Assert.Equal((await ApiKeys.ProveAsync(ApiKeyText.Mint(Random), Cancel)).Refusal, refused);
        Assert.Equal(lookups + 1, store.Lookups);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("tsk_looks like ours but is not")]
    [InlineData("any string, ümlaut and all")]
    public async Task An_imported_key_is_any_text(string text)
    {
        var imported = await ApiKeys.ImportAsync(Ada, "old", ReadScope, null, text, Caller, Cancel);

        Assert.Equal("", imported?.Hint);
        Assert.Null((await ApiKeys.ProveAsync(text, Cancel)).Refusal);
        Assert.Null(await ApiKeys.ImportAsync(Bob, "same", ReadScope, null, text, Caller, Cancel));
    }

    [Fact]
    public async Task A_text_of_128_characters_is_the_longest()
    {
        Assert.NotNull(await ApiKeys.ImportAsync(Ada, "long", ReadScope, null, new string('k', 128), Caller, Cancel));
        Assert.Null((await ApiKeys.ProveAsync(new string('k', 128), Cancel)).Refusal);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            ApiKeys.ImportAsync(Ada, "long", ReadScope, null, new string('k', 129), Caller, Cancel)
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            ApiKeys.ImportAsync(Ada, "none", ReadScope, null, "", Caller, Cancel)
        );
        Assert.NotNull((await ApiKeys.ProveAsync(new string('k', 129), Cancel)).Refusal);
        Assert.NotNull((await ApiKeys.ProveAsync(null, Cancel)).Refusal);
    }

    [Fact]
    public async Task It_freezes_after_90_days_unless_renewed()
    {
        var minted = await CreateAsync();
        Time.Advance(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1));
        Assert.Null((await ApiKeys.ProveAsync(minted.Text, Cancel)).Refusal);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await ApiKeys.ProveAsync(minted.Text, Cancel)).Refusal);
    }

    [Fact]
    public async Task Renewed_before_the_freeze_it_has_90_days_more_than_it_had()
    {
        var minted = await CreateAsync();
        Time.Advance(TimeSpan.FromDays(80));

        var renewed = await ApiKeys.RenewAsync(Ada, minted.Key.Id, Caller, Cancel);

        Assert.Equal(minted.Key.CreatedAt.AddDays(180), renewed?.FreezesAt);
    }

    [Fact]
    public async Task Renewed_after_the_freeze_it_works_again_for_90_days()
    {
        var minted = await CreateAsync();
        Time.Advance(TimeSpan.FromDays(200));

        var renewed = await ApiKeys.RenewAsync(Ada, minted.Key.Id, Caller, Cancel);

        Assert.Equal(Time.Now.AddDays(90), renewed?.FreezesAt);
        Assert.Null((await ApiKeys.ProveAsync(minted.Text, Cancel)).Refusal);
    }

    [Fact]
    public async Task While_the_overlap_lasts_both_work_and_then_the_new_one_alone()
    {
        var old = await CreateAsync();
        var rolled = await ApiKeys.RollAsync(Ada, old.Key.Id, TimeSpan.FromHours(24), Caller, Cancel);
        Assert.NotNull(rolled);
        Assert.Equal((old.Key.Name, old.Key.Scopes), (rolled.Key.Name, rolled.Key.Scopes));

        Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Null((await ApiKeys.ProveAsync(old.Text, Cancel)).Refusal);
        Assert.Null((await ApiKeys.ProveAsync(rolled.Text, Cancel)).Refusal);

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await ApiKeys.ProveAsync(old.Text, Cancel)).Refusal);
        Assert.Null((await ApiKeys.ProveAsync(rolled.Text, Cancel)).Refusal);
    }

    [Fact]
    public async Task A_key_that_was_taken_over_is_neither_rolled_again_nor_renewed()
    {
        var old = await CreateAsync();
        await ApiKeys.RollAsync(Ada, old.Key.Id, TimeSpan.FromHours(1), Caller, Cancel);

        Assert.Null(await ApiKeys.RollAsync(Ada, old.Key.Id, TimeSpan.FromHours(1), Caller, Cancel));
        Assert.Null(await ApiKeys.RenewAsync(Ada, old.Key.Id, Caller, Cancel));
    }

    [Fact]
    public async Task A_revoked_key_is_dead_at_once_and_for_ever()
    {
        var minted = await CreateAsync();

        Assert.NotNull(await ApiKeys.RevokeAsync(Ada, minted.Key.Id, Caller, Cancel));

        Assert.NotNull((await ApiKeys.ProveAsync(minted.Text, Cancel)).Refusal);
        Assert.Null(await ApiKeys.RenewAsync(Ada, minted.Key.Id, Caller, Cancel));
        Assert.Null(await ApiKeys.RollAsync(Ada, minted.Key.Id, TimeSpan.Zero, Caller, Cancel));
        Assert.Null(await ApiKeys.RevokeAsync(Ada, minted.Key.Id, Caller, Cancel));
    }

    [Fact]
    public async Task Another_accounts_key_is_not_there()
    {
        var minted = await CreateAsync();

        Assert.Null(await ApiKeys.RenewAsync(Bob, minted.Key.Id, Caller, Cancel));
        Assert.Null(await ApiKeys.RollAsync(Bob, minted.Key.Id, TimeSpan.Zero, Caller, Cancel));
        Assert.Null(await ApiKeys.RevokeAsync(Bob, minted.Key.Id, Caller, Cancel));
        Assert.Null(await ApiKeys.FindAsync(Bob, minted.Key.Id, Cancel));
        Assert.Empty(await ApiKeys.ListAsync(Bob, Cancel));
        Assert.Null((await ApiKeys.ProveAsync(minted.Text, Cancel)).Refusal);
    }

    [Fact]
    public async Task Another_name_leaves_the_key_as_it_was()
    {
        var minted = await CreateAsync();

        Assert.Null(await ApiKeys.RenameAsync(Bob, minted.Key.Id, "hers", Caller, Cancel));
        var renamed = (await ApiKeys.RenameAsync(Ada, minted.Key.Id, "build", Caller, Cancel))!;
        Assert.Equal(minted.Key.Hash, renamed.Hash);
        Assert.Equal(minted.Key with { Revision = 2, Name = "build" }, renamed with { Hash = minted.Key.Hash });
        Assert.Null((await ApiKeys.ProveAsync(minted.Text, Cancel)).Refusal);
        Assert.Equal(AuditEvent.ApiKeyRenamed, store.Audit[^1].Event);
        await ApiKeys.RevokeAsync(Ada, minted.Key.Id, Caller, Cancel);
        Assert.Null(await ApiKeys.RenameAsync(Ada, minted.Key.Id, "again", Caller, Cancel));
    }

    [Fact]
    public async Task Renewals_never_add_up_to_more_than_a_year_from_now()
    {
        var minted = await CreateAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(await ApiKeys.RenewAsync(Ada, minted.Key.Id, Caller, Cancel));
        }

        Assert.Null(await ApiKeys.RenewAsync(Ada, minted.Key.Id, Caller, Cancel));
        Time.Advance(TimeSpan.FromDays(85));
        Assert.Equal(
            Time.Now + TimeSpan.FromDays(365),
            (await ApiKeys.RenewAsync(Ada, minted.Key.Id, Caller, Cancel))!.FreezesAt
        );
    }

    [Fact]
    public async Task It_stands_as_its_owner_sees_it()
    {
        var minted = await CreateAsync();
        var freeze = minted.Key.FreezesAt;
        Assert.Equal(ApiKeyState.Active, minted.Key.StateAt(freeze - TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1)));
        Assert.Equal(ApiKeyState.Freezing, minted.Key.StateAt(freeze - TimeSpan.FromDays(14)));
        Assert.Equal(ApiKeyState.Freezing, minted.Key.StateAt(freeze - TimeSpan.FromSeconds(1)));
        Assert.Equal(ApiKeyState.Frozen, minted.Key.StateAt(freeze));

        await ApiKeys.RollAsync(Ada, minted.Key.Id, TimeSpan.FromHours(1), Caller, Cancel);
        var rolled = (await ApiKeys.FindAsync(Ada, minted.Key.Id, Cancel))!;
        Assert.Equal(ApiKeyState.Leaving, rolled.StateAt(Time.Now));
        Assert.Equal(ApiKeyState.Replaced, rolled.StateAt(Time.Now.AddHours(1)));
        Assert.Equal(
            ApiKeyState.Revoked,
            (await ApiKeys.RevokeAsync(Ada, minted.Key.Id, Caller, Cancel))!.StateAt(Time.Now)
        );
    }

    [Fact]
    public async Task A_freeze_before_the_end_of_the_overlap_ends_it()
    {
        var minted = await ApiKeys.CreateAsync(Ada, "short", ReadScope, TimeSpan.FromDays(1), Caller, Cancel);
        await ApiKeys.RollAsync(Ada, minted.Key.Id, TimeSpan.FromDays(7), Caller, Cancel);

        Assert.Equal(minted.Key.FreezesAt, (await ApiKeys.FindAsync(Ada, minted.Key.Id, Cancel))!.WorksUntil);
    }

    [Fact]
    public async Task Only_keys_that_are_not_dead_for_good_take_room()
    {
        var first = await CreateAsync();
        for (var i = 1; i < Turnstone.Directory.ApiKeys.MostLive; i++)
        {
            Assert.True(await ApiKeys.HasRoomAsync(Ada, Cancel));
            await CreateAsync();
        }

        Assert.False(await ApiKeys.HasRoomAsync(Ada, Cancel));
        Assert.True(await ApiKeys.HasRoomAsync(Bob, Cancel));
        await ApiKeys.RevokeAsync(Ada, first.Key.Id, Caller, Cancel);
        Assert.True(await ApiKeys.HasRoomAsync(Ada, Cancel));
    }

    [Fact]
    public async Task A_roll_that_leaves_both_keys_working_takes_room_and_one_that_ends_the_old_key_does_not()
    {
        var first = await CreateAsync();
        for (var i = 1; i < Turnstone.Directory.ApiKeys.MostLive; i++)
        {
            await CreateAsync();
        }

        Assert.Null(await ApiKeys.RollAsync(Ada, first.Key.Id, TimeSpan.FromHours(1), Caller, Cancel));
        Assert.NotNull(await ApiKeys.RollAsync(Ada, first.Key.Id, TimeSpan.Zero, Caller, Cancel));
        Assert.False(await ApiKeys.HasRoomAsync(Ada, Cancel));
    }

    private Task<MintedApiKey> CreateAsync() => ApiKeys.CreateAsync(Ada, "ci", ReadScope, null, Caller, Cancel);
}
