using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Model;
using Turnstone.Server.Mail;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.SignIn;
using Turnstone.Storage;
using Turnstone.Testing;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Mail;

/// <summary>Letters in the store: they outlive the process, are sent once, and can be read by nobody.</summary>
public sealed class WaitingLetterTests
{
    private const string MasterKey = "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_letter_that_waits_when_its_server_is_killed_is_sent_after_the_restart()
    {
        await using var smtp = new SmtpListener();
        smtp.Refusals.Enqueue("451 later");
        var folder = ServerProcess.NewFolder();
        try
        {
            await using (var server = await ServerProcess.StartAsync(Settings(smtp.Port), folder))
            {
                using var visitor = new Visitor(server.Http.BaseAddress!);
                using var answer = await visitor.SignUpAsync();
                Assert.Equal(302, (int)answer.StatusCode);
                await server.UntilSaidAsync("is retried in");
                await server.KillAsync();
            }

            Assert.Equal(0, smtp.Count);
            await using var again = await ServerProcess.StartAsync(Settings(smtp.Port), folder);
            var mail = await smtp.NextAsync();

            Assert.Contains(Steps.NewEmail, mail.To, StringComparison.Ordinal);
            Assert.Contains("/portal/confirm-email?account=", mail.Body, StringComparison.Ordinal);
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Two_servers_on_PostgreSQL_send_no_letter_twice()
    {
        const int Letters = 60;
        await using var postgres = new PostgresServer();
        var database = await postgres.CreateDatabaseAsync();
        await using var smtp = new SmtpListener();
        var settings = Settings(smtp.Port);
        settings["ConnectionStrings:Turnstone"] = database;
        settings["Turnstone:MasterKey"] = MasterKey;
        settings["Turnstone:Issuer"] = "https://id.example.test";
        await using (var first = await ServerProcess.StartAsync(settings))
        await using (var second = await ServerProcess.StartAsync(settings))
        {
            await WriteAsync(database, Letters);
            var mails = new List<ReceivedMail>();
            while (mails.Count < Letters)
            {
                mails.Add(await smtp.NextAsync());
            }

            // Both bring what they have in hand to its end.
            var ended = await Task.WhenAll(first.StopAsync(), second.StopAsync());
            Assert.All(ended, code => Assert.Equal(0, code));
            Assert.Equal(Letters, mails.Select(mail => mail.To).Distinct().Count());
            Assert.Equal(0, smtp.Count);
        }

        await postgres.DropDatabaseAsync(database);
    }

    [Fact]
    public async Task What_lies_in_the_store_of_a_letter_shows_neither_link_nor_address()
    {
        var written = new WrittenLetters();
        await using var server = await PortalServer.StartAsync(MailServer.Settings(port: 1), written.AddTo);
        using var visitor = new Visitor(server);

        using var answer = await visitor.SendAsync("/portal/forgot-password", null, ("Email", Known.Email));

        var letter = Assert.Single(written.Letters);
        var (opened, _) = server.Services.GetRequiredService<LetterSeal>().Open(letter.Id, letter.Sealed)!.Value;
        Assert.Contains("/portal/reset-password?account=", opened.Text, StringComparison.Ordinal);
        var stored = Encoding.Latin1.GetString(letter.Sealed);
        foreach (var word in new[] { "https:", "token", "portal", "password", Known.Email, opened.Subject })
        {
            Assert.DoesNotContain(word, stored, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("/portal/forgot-password")]
    [InlineData("/portal/sign-up")]
    public async Task The_same_is_written_for_an_address_that_has_an_account_and_for_one_that_has_none(string path)
    {
        var written = new WrittenLetters();
        await using var server = await PortalServer.StartAsync(MailServer.Settings(port: 1), written.AddTo);
        using var visitor = new Visitor(server);
        await Steps.DisableAsync(server, Known.OtherEmail);

        foreach (var email in new[] { Known.Email, Known.OtherEmail, "nobody@example.test" })
        {
            using var answer = await visitor.SendAsync(path, null, ("Email", email), ("Password", Steps.NewPassword));
            Assert.Equal(302, (int)answer.StatusCode);
        }

        Assert.Equal(3, written.Letters.Count);
        Assert.All(written.Letters, letter => Assert.Equal(0, letter.Tries));
    }

    [Fact]
    public async Task A_letter_for_nobody_goes_nowhere_and_does_not_stay()
    {
        await using var smtp = new SmtpListener();
        await using var server = await MailServer.StartAsync(smtp);
        using var visitor = new Visitor(server);
        foreach (var email in new[] { "nobody@example.test", Known.Email })
        {
            using var answer = await visitor.SendAsync("/portal/forgot-password", null, ("Email", email));

            // Letters are claimed in the order of their time: when the second has come, the first is claimed.
            server.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains(Known.Email, (await smtp.NextAsync()).To, StringComparison.Ordinal);
        await server.Sender().StopAsync(Cancel);

        Assert.Equal((1, 0), (smtp.Attempts, smtp.Count));
        var far = server.Time.Now.AddYears(1);
        Assert.Null(await server.Letters().ClaimAsync(far, far, Cancel));
    }

    [Fact]
    public async Task A_sign_up_whose_letter_cannot_be_stored_does_not_say_that_nothing_was_changed()
    {
        var written = new WrittenLetters { Full = true };
        await using var server = await PortalServer.StartAsync(MailServer.Settings(port: 1), written.AddTo);
        using var visitor = new Visitor(server);
        foreach (var email in new[] { Steps.NewEmail, Known.Email })
        {
            using var refused = await visitor.SignUpAsync(email);
            var page = await refused.Content.ReadAsStringAsync(Cancel);
            Assert.Equal(503, (int)refused.StatusCode);
            Assert.DoesNotContain("nothing was changed", page, StringComparison.OrdinalIgnoreCase);
        }

        await server.UntilLoggedAsync(1208, times: 2);
        Assert.NotNull(await Known.AccountAsync(server.Services, Steps.NewEmail));
        written.Full = false;
        using var repeated = await visitor.SignUpAsync();

        Assert.Equal(302, (int)repeated.StatusCode);
        Assert.Single(written.Letters);
    }

    [Fact]
    public async Task A_store_that_takes_no_letter_is_answered_503_whoever_asks_and_does_not_undo_what_was_done()
    {
        var written = new WrittenLetters();
        await using var server = await PortalServer.StartAsync(MailServer.Settings(port: 1), written.AddTo);
        using var customer = await Visitor.SignedInAsync(server);
        written.Full = true;
        foreach (var email in new[] { Known.Email, "nobody@example.test" })
        {
            using var asked = await customer.SendAsync("/portal/forgot-password", null, ("Email", email));
            Assert.Equal(503, (int)asked.StatusCode);
        }

        using var changed = await customer.SendAsync(
            "/portal/profile/security/password",
            null,
            ("CurrentPassword", Known.Password),
            ("NewPassword", Steps.NewPassword)
        );

        Assert.Equal(302, (int)changed.StatusCode);
        await server.UntilLoggedAsync(1208);
    }

    private static Dictionary<string, string> Settings(int port) =>
        new()
        {
            ["Turnstone:Mail:Host"] = "127.0.0.1",
            ["Turnstone:Mail:Port"] = $"{port}",
            ["Turnstone:Mail:Security"] = "None",
            ["Turnstone:Mail:From"] = "portal@example.test",
        };

    private static async Task WriteAsync(string database, int letters)
    {
        await using var store = Storage.Store.Open(
            new StoreOptions { ConnectionString = database },
            TimeProvider.System,
            RandomSource.System
        );
        var seal = new LetterSeal(
            new MasterKeyRing(new MasterKey(Convert.FromBase64String(MasterKey))),
            RandomSource.System
        );
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < letters; i++)
        {
            var id = RandomSource.System.NewId(now);
            var box = seal.Seal(id, new Letter($"reader{i}@example.test", "Subject", "text"), decoy: false);
            Assert.True(await store.Letters.AddAsync(new(id, box, now, now, 0), MailQueue.Capacity, Cancel));
        }
    }

    /// <summary>The real store of letters, with what was written to it.</summary>
    private sealed class WrittenLetters : ILetterStore
    {
        private ILetterStore store = null!;

        public List<WaitingLetter> Letters { get; } = [];

        /// <summary>Whether it takes no more.</summary>
        public bool Full { get; set; }

        public void AddTo(IServiceCollection services) =>
            services.Replace(
                ServiceDescriptor.Singleton<ILetterStore>(provider =>
                {
                    store = provider.GetRequiredService<Storage.Store>().Letters;
                    return this;
                })
            );

        public async Task<bool> AddAsync(WaitingLetter letter, int most, CancellationToken cancellationToken)
        {
            if (Full)
            {
                throw new StoreUnavailableException();
            }

            Letters.Add(letter);
            return await store.AddAsync(letter, most, cancellationToken);
        }

        public Task<WaitingLetter?> ClaimAsync(
            DateTimeOffset now,
            DateTimeOffset until,
            CancellationToken cancellationToken
        ) => store.ClaimAsync(now, until, cancellationToken);

        public Task ReturnAsync(WaitingLetter claimed, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
            store.ReturnAsync(claimed, dueAt, cancellationToken);

        public Task<IReadOnlyList<WaitingLetter>> ListAsync(CancellationToken cancellationToken) =>
            store.ListAsync(cancellationToken);

        public Task RemoveAsync(Guid id, CancellationToken cancellationToken) =>
            store.RemoveAsync(id, cancellationToken);

        public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
            store.SweepAsync(before, limit, cancellationToken);
    }
}
