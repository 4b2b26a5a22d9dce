using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal;

/// <summary>A page's forms as a browser sends them: with the fields that nobody sees.</summary>
internal static partial class Form
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// Opens a page and sends one of its forms: the antiforgery token, the ticket of a form that is taken once, and
    /// these fields.
    /// </summary>
    public static async Task<HttpResponseMessage> FillAsync(
        this Visitor visitor,
        string path,
        string? action,
        params (string Name, string Value)[] fields
    ) => await visitor.PostAsync(action ?? path, [.. Hidden(await visitor.PageAsync(path)), .. fields]);

    /// <summary>The same, for the text of the page that it answers with.</summary>
    public static async Task<string> FilledAsync(
        this Visitor visitor,
        string path,
        string? action,
        params (string Name, string Value)[] fields
    )
    {
        using var answer = await visitor.FillAsync(path, action, fields);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    public static (string Name, string Value)[] Hidden(string page) =>
        [
            ("__RequestVerificationToken", Visitor.Antiforgery(page)),
            ("once", Ticket().Match(page).Groups["value"].Value),
        ];

    /// <summary>The texts that a page offers to copy, in their order.</summary>
    public static IReadOnlyList<string> Copied(string page) =>
        [
            .. CopyText()
                .Matches(page)
                .Select(match => WebUtility.HtmlDecode(Run().Replace(match.Groups["text"].Value, ""))),
        ];

    /// <summary>A customer who has nothing yet.</summary>
    public static async Task<Account> NewcomerAsync(TurnstoneServer server, string email = "neu@example.test")
    {
        var services = server.Services;
        var account = new Account
        {
            Id = services.GetRequiredService<RandomSource>().NewId(server.Time.Now),
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            EmailConfirmed = true,
            PasswordHash = services.GetRequiredService<PasswordHashing>().Hash(Known.Password),
            SecurityStamp = "stamp",
            ConcurrencyStamp = "stamp",
            CreatedAt = server.Time.Now,
        };
        var entry = new AuditEntry
        {
            Event = AuditEvent.AccountCreated,
            At = server.Time.Now,
            Caller = Caller.Operator,
            AccountId = account.Id,
        };
        Assert.True(
            (await services.GetRequiredService<IAccountStore>().CreateAsync(account, entry, Cancel)).IsCommitted
        );
        return account;
    }

    [GeneratedRegex("name=\"once\" value=\"(?<value>[^\"]+)\"")]
    private static partial Regex Ticket();

    // What holds a token together.
    [GeneratedRegex("</?span[^>]*>")]
    private static partial Regex Run();

    [GeneratedRegex(
        "<(?<tag>code|pre)[^>]*class=\"copied-text\"[^>]*>(?<text>.*?)</\\k<tag>>",
        RegexOptions.Singleline
    )]
    private static partial Regex CopyText();
}
