namespace Turnstone.Storage.Tests;

/// <summary>Letters that wait: who has claimed one sends it, and nobody else while the claim holds.</summary>
public abstract class LetterStoreTests(TestDatabase database) : StoreTest(database), IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    private ILetterStore Letters => Store.Letters;

    public async ValueTask InitializeAsync() =>
        await Database.ExecuteAsync(Database.ConnectionString, "DELETE FROM letters");

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_letter_is_claimed_as_it_was_written_and_once()
    {
        var letter = await GivenAsync();

        var claimed = await ClaimAsync();

        Assert.Equivalent(letter with { DueAt = Time.Now + Lease, Tries = 1 }, claimed, strict: true);
        Assert.Null(await ClaimAsync());
    }

    [Fact]
    public async Task The_letter_that_was_due_first_is_claimed_first_and_none_before_it_is_due()
    {
        var later = await GivenAsync(TimeSpan.FromSeconds(2));
        var first = await GivenAsync(TimeSpan.FromSeconds(1));
        Assert.Null(await ClaimAsync());

        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(first.Id, (await ClaimAsync())!.Id);
        Assert.Equal(later.Id, (await ClaimAsync())!.Id);
    }

    [Fact]
    public async Task The_letter_of_a_node_that_died_is_claimed_by_another_when_its_lease_has_ended()
    {
        var letter = await GivenAsync();
        await ClaimAsync();
        await using var other = Database.Open();

        Time.Advance(Lease - TimeSpan.FromSeconds(1));
        Assert.Null(await ClaimAsync(other));
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((letter.Id, 2), (await ClaimAsync(other)) is { } again ? (again.Id, again.Tries) : default);
    }

    [Fact]
    public async Task A_letter_that_is_given_back_waits_and_keeps_the_count_of_its_tries()
    {
        await GivenAsync();
        await Letters.ReturnAsync((await ClaimAsync())!, Time.Now.AddSeconds(5), Cancel);
        Assert.Null(await ClaimAsync());

        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(2, (await ClaimAsync())!.Tries);
    }

    [Fact]
    public async Task Whoever_is_late_gives_nothing_back_that_another_has_claimed()
    {
        await GivenAsync();
        var late = (await ClaimAsync())!;
        Time.Advance(Lease);
        Assert.NotNull(await ClaimAsync());

        await Letters.ReturnAsync(late, Time.Now, Cancel);

        Assert.Null(await ClaimAsync());
    }

    [Fact]
    public async Task A_letter_that_was_sent_is_gone()
    {
        var letter = await GivenAsync();
        await ClaimAsync();

        await Letters.RemoveAsync(letter.Id, Cancel);
        Time.Advance(Lease);

        Assert.Null(await ClaimAsync());
    }

    [Fact]
    public async Task Nodes_that_claim_at_once_have_no_letter_twice_and_leave_none()
    {
        await using var other = Database.Open();
        var letters = new HashSet<Guid>();
        for (var i = 0; i < 40; i++)
        {
            letters.Add((await GivenAsync()).Id);
        }

        var claimed = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(i => Task.Run(() => ClaimAllAsync(i % 2 == 0 ? Store : other)))
        );

        var all = claimed.SelectMany(some => some).ToList();
        Assert.Equal(letters.Count, all.Count);
        Assert.Equal(letters, all.ToHashSet());
    }

    [Fact]
    public async Task No_more_letters_wait_than_may()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await Letters.AddAsync(NewLetter(), 3, Cancel));
        }

        Assert.False(await Letters.AddAsync(NewLetter(), 3, Cancel));
        await Letters.RemoveAsync((await ClaimAsync())!.Id, Cancel);
        Assert.True(await Letters.AddAsync(NewLetter(), 3, Cancel));
    }

    [Fact]
    public async Task What_nobody_sends_is_swept_after_a_day()
    {
        await GivenAsync();
        await ClaimAsync();
        await GivenAsync();
        Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        var young = await GivenAsync();

        Assert.Equal(2, (await Store.Upkeep.SweepAsync(new Retention { Step = 1 }, Cancel)).Letters);

        Assert.Equal(young.Id, (await ClaimAsync())!.Id);
        Assert.Null(await ClaimAsync());
    }

    private Task<WaitingLetter?> ClaimAsync(Store? store = null) =>
        (store ?? Store).Letters.ClaimAsync(Time.Now, Time.Now + Lease, Cancel);

    private async Task<List<Guid>> ClaimAllAsync(Store store)
    {
        var claimed = new List<Guid>();
        while (await ClaimAsync(store) is { } letter)
        {
            claimed.Add(letter.Id);
        }

        return claimed;
    }

    private async Task<WaitingLetter> GivenAsync(TimeSpan dueIn = default)
    {
        var letter = NewLetter() with { DueAt = Time.Now + dueIn };
        Assert.True(await Letters.AddAsync(letter, 1_000, Cancel));
        return letter;
    }

    private WaitingLetter NewLetter() => new(NewId(), NewHash(), Time.Now, Time.Now, 0);
}

public sealed class Letters_on_SQLite(SqliteDatabase database)
    : LetterStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Letters_on_PostgreSQL(PostgresDatabase database)
    : LetterStoreTests(database),
        IClassFixture<PostgresDatabase>;
