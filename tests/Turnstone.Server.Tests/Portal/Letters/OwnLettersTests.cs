using Turnstone.Model;
using Turnstone.Server.Portal.Letters;
using Turnstone.Server.Settings;
using Turnstone.Server.Tests.Mail;
using Turnstone.Server.Tests.Portal.Administration;
using Turnstone.Server.Tests.Portal.SignIn;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Letters;

/// <summary>The operator's own words in letters, and what is refused of them at start.</summary>
public sealed class OwnLettersTests(Browser browser) : IDisposable
{
    private const string Reset = "Your {name} password\n\nDear customer of <b>{name}</b>,\n\n{link}\n\nSee you!\n";
    private const string Page = "/portal/admin/settings/letters";

    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Folder => $"Turnstone:Portal:Letters={folder}";

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_letter_is_sent_in_the_operators_words_as_plain_text_with_his_closing_below()
    {
        Write("reset.txt", "\uFEFF" + Reset.ReplaceLineEndings("\r\n"));
        Write("closing.txt", "{name} GmbH\nHafenstraße 1\n20457 Hamburg\n");
        await using var smtp = new SmtpListener();
        await using var server = await PortalServer.StartAsync([
            .. MailServer.Settings(smtp.Port),
            "Turnstone:Portal:Brand:Name=Acme",
            Folder,
        ]);
        using var visitor = new Visitor(server);

        using (await visitor.SendAsync("/portal/forgot-password", null, ("Email", Known.Email))) { }
        var mail = await smtp.NextAsync();

        Assert.Equal("Your Acme password", mail.Header("Subject"));
        Assert.Equal("text/plain; charset=utf-8", mail.Header("Content-Type"));
        Assert.Matches(
            @"^Dear customer of <b>Acme</b>,\r\n\r\nhttps://id\.example\.test/portal/reset-password\?\S+\r\n\r\n"
                + @"See you!\r\n\r\nAcme GmbH\r\nHafenstraße 1\r\n20457 Hamburg\r\n$",
            mail.Body
        );

        // What has no text of its own is the portal's, with the same closing.
        using (await visitor.SignUpAsync()) { }
        var other = await smtp.NextAsync();
        Assert.Equal("Confirm your email address", other.Header("Subject"));
        Assert.EndsWith("20457 Hamburg\r\n", other.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("de", "reset.en.txt reset.de.txt reset.txt", "reset.de.txt")]
    [InlineData("en", "reset.en.txt reset.de.txt reset.txt", "reset.en.txt")]
    [InlineData("de", "reset.en.txt reset.txt", "reset.txt")]
    [InlineData("de", "reset.en.txt", "reset.en.txt")]
    [InlineData("en", "reset.de.txt", "Set a new password")]
    public async Task A_text_is_that_of_the_language_or_of_all_or_the_english_one(
        string language,
        string files,
        string subject
    )
    {
        foreach (var file in files.Split(' '))
        {
            Write(file, $"{file}\n\n{{link}}");
        }

        await using var server = await PortalServer.StartAsync([Folder]);
        using var visitor = new Visitor(server);
        visitor.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);

        using (await visitor.SendAsync("/portal/forgot-password", null, ("Email", Known.Email))) { }

        Assert.Equal(subject, Assert.Single(server.LettersTo(Known.Email)).Subject);
    }

    // Nobody knows the other customer's language yet; a German sentence in an English letter would be neither.
    [Fact]
    public async Task An_english_text_for_all_is_sent_once_and_is_english_from_its_first_word_to_the_last()
    {
        Write("decision.en.txt", "About {name}\n\n{what}\n\n{message}\n\n{link}");
        await using var server = await Administrators.StartAsync([Folder]);

        await ApproveAsync(server);

        var letter = Assert.Single(server.LettersTo(Known.OtherEmail));
        Assert.Equal("About Turnstone", letter.Subject);
        Assert.Matches(
            @"^Your subscription to premium was approved\. .+\n\nhttps://\S+\n\n"
                + @"You can turn off emails of this kind here:\n\S+\n\nTurnstone\n$",
            letter.Text
        );
    }

    [Fact]
    public async Task A_name_that_looks_like_a_place_stays_a_name()
    {
        Write("new-key.txt", "A key\n\n{what}\n\n{when}, {network}\n\n{link}");
        await using var server = await PortalServer.StartAsync([Folder]);
        using var ada = await Visitor.SignedInAsync(server);

        await ada.FilledAsync("/portal/api-keys/new", null, ("Name", "{link} {what}"), ("Days", "90"));

        var letter = Assert.Single(server.LettersTo(Known.Email));
        Assert.Contains("“{link} {what}”", letter.Text, StringComparison.Ordinal);
        Assert.Contains("2031-05-06 07:08 UTC, 127.0.0.1\n", letter.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reset.txt", "Subject\n\nNo link.", "reset.txt needs {link} in a line of its own")]
    [InlineData("reset.txt", "Subject\n\nOpen {link}.", "needs {link} in a line of its own")]
    [InlineData(
        "reset.txt",
        "Subject\n\n{link}\n{when}",
        "has \"{when}\", which stands for nothing: give {name}, {link}."
    )]
    [InlineData("reset.txt", "Subject\n\n{link}\n{lnk", "has \"{\", which stands for nothing")]
    [InlineData(
        "reset.txt",
        "Subject {link}\n\n{link}",
        "has \"{link}\", which stands for nothing: give {name} in the"
    )]
    [InlineData("reset.txt", "Subject\nno blank line\n{link}", "needs a subject of at most 90 characters")]
    [InlineData("reset.txt", "Sub\rject: x\n\n{link}", "needs a subject of at most 90 characters")]
    [InlineData("reset.txt", "Sub\u0085ject\n\n{link}", "needs a subject of at most 90 characters")]
    [InlineData("reset.txt", "Sub\0ject\n\n{link}", "has a control character")]
    [InlineData("decision.txt", "Subject\n\n{link}", "needs {what}")]
    [InlineData("new-email.txt", "Subject\n\n{link}", "needs {account}")]
    [InlineData("closing.txt", "Yours\n{link}", "closing.txt has \"{link}\", which stands for nothing: give {name}.")]
    [InlineData("closing.txt", " \n", "closing.txt has no text.")]
    [InlineData("hello.txt", "Subject\n\n{link}", "hello.txt needs another name: one of confirm, taken, reset")]
    [InlineData("reset.fr.txt", "Subject\n\n{link}", "reset.fr.txt needs another name")]
    public async Task A_text_that_no_letter_could_be_written_with_stops_the_start_with_a_sentence(
        string name,
        string text,
        string said
    )
    {
        Write(name, text);

        foreach (
            var portal in (PortalSettings[])[new() { Letters = folder }, new() { Preview = new() { Letters = folder } }]
        )
        {
            Assert.Contains(said, Assert.Single(await ProblemsAsync(portal)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_subject_that_is_too_long_with_the_name_and_what_is_no_text_are_refused()
    {
        Write("reset.txt", $"{new string('s', 84)} {{name}}\n\n{{link}}");
        await File.WriteAllBytesAsync(Path.Combine(folder, "taken.txt"), [0x41, 0xff], Cancel);
        Write("invite.txt", new string('x', 16 * 1024 + 1));

        Assert.Collection(
            await ProblemsAsync(new() { Letters = folder }),
            one => Assert.Contains("invite.txt has more than 16 KiB", one, StringComparison.Ordinal),
            one => Assert.Contains("reset.txt needs a subject of at most 90", one, StringComparison.Ordinal),
            one => Assert.Contains("taken.txt is no text in UTF-8", one, StringComparison.Ordinal)
        );
        Assert.Contains(
            "which is no folder",
            Assert.Single(await ProblemsAsync(new() { Letters = $"{folder}/gone" })),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_text_that_the_page_of_the_portal_shows_is_accepted()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/portal.md"), Cancel);
        Write("reset.txt", page.Split("```text\n")[1].Split("```")[0]);
        var letters = new OwnLetters(
            new TurnstoneSettings(Contracts.AllContracts.List) { Portal = new() { Letters = folder } }
        );

        await letters.PrepareAsync(Cancel);

        var text = letters.Find(LetterForm.Reset, new System.Globalization.CultureInfo("de"));
        Assert.Equal("Your {name} password", text?.Subject);
    }

    [Fact]
    public async Task Administrators_see_every_text_as_it_would_be_sent_before_any_letter_has_it()
    {
        foreach (var form in LetterForm.All.Where(form => form != LetterForm.Closing))
        {
            var places = form.Places.Except([LetterForm.Link]).Select(place => $"{place}: {{{place}}}");
            Write($"{form.Name}.txt", $"About {form.Name}\n\n<i>{string.Join('\n', places)}</i>\n\n{{link}}");
        }

        Write("closing.txt", "{name}, Hamburg");
        await using var server = await Administrators.StartAsync([$"Turnstone:Portal:Preview:Letters={folder}"]);
        using var ada = await Visitor.SignedInAsync(server);
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);

        var page = await browser.SignedInAsync(server);
        await page.GotoAsync(Page);
        await Look.AtAsync(page, "letters", script: true);
        var read = await page.Locator("main").InnerTextAsync();
        foreach (var form in LetterForm.All.Where(form => form != LetterForm.Closing))
        {
            Assert.Contains($"About {form.Name}", read, StringComparison.Ordinal);
        }

        Assert.Contains("<i>name: Turnstone", read, StringComparison.Ordinal);
        Assert.Contains("what: Your subscription to premium was approved.", read, StringComparison.Ordinal);
        Assert.Contains("Turnstone, Hamburg", read, StringComparison.Ordinal);
        Assert.Contains("Turnstone:Portal:Preview", await ada.PageAsync("/portal"), StringComparison.Ordinal);
        using var hidden = await grace.GetAsync(Page);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.DoesNotContain("Preview", await grace.PageAsync("/portal"), StringComparison.Ordinal);

        await ApproveAsync(server);
        Assert.DoesNotContain("About", server.LettersTo(Known.OtherEmail)[0].Subject, StringComparison.Ordinal);
    }

    private static async Task ApproveAsync(TurnstoneServer server) =>
        await server
            .Of<Turnstone.Administration.SubscriptionApproval>()
            .ApproveAsync(await server.GivenWaitingAsync(), Caller.Operator, Cancel);

    private static async Task<IReadOnlyList<string>> ProblemsAsync(PortalSettings portal) =>
        (
            await Assert.ThrowsAsync<SettingsException>(() =>
                new OwnLetters(new TurnstoneSettings(Contracts.AllContracts.List) { Portal = portal }).PrepareAsync(
                    Cancel
                )
            )
        ).Problems;

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
