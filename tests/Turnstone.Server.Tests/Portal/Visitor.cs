using System.Net;
using System.Text.RegularExpressions;

namespace Turnstone.Server.Tests.Portal;

/// <summary>
/// A browser without a script: it keeps cookies, fetches pages, and sends a form as a page gave it, with what is typed
/// into it. Redirects are followed only when asked, because where a page leads is often what a test is about.
/// </summary>
internal sealed partial class Visitor : IDisposable
{
    private readonly SocketsHttpHandler handler;

    public Visitor(TurnstoneServer server)
        : this(server.BaseAddress) { }

    public Visitor(Uri server, string address = "127.0.0.1", CookieContainer? cookies = null)
    {
        handler = SourceAddress.Handler(address);
        handler.UseCookies = true;
        handler.CookieContainer = cookies ?? new CookieContainer();
        Http = new HttpClient(handler) { BaseAddress = server };
    }

    public HttpClient Http { get; }

    public CookieContainer Cookies => handler.CookieContainer;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Somebody who has signed in.</summary>
    public static async Task<Visitor> SignedInAsync(
        TurnstoneServer server,
        string email = Known.Email,
        string password = Known.Password
    )
    {
        var visitor = new Visitor(server);
        using var answer = await visitor.SendAsync(
            "/portal/sign-in",
            form: null,
            ("Email", email),
            ("Password", password)
        );
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return visitor;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);

    /// <summary>The text of a page that is there.</summary>
    public async Task<string> PageAsync(string path)
    {
        using var answer = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    /// <summary>
    /// Opens a page and posts there, with its antiforgery token and these fields. The form's action is the page's path
    /// unless one is given.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(
        string path,
        string? form,
        params (string Name, string Value)[] fields
    )
    {
        var token = Antiforgery(await PageAsync(path));
        return await PostAsync(form ?? path, [("__RequestVerificationToken", token), .. fields]);
    }

    /// <summary>Posts exactly these fields.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        Http.PostAsync(
            new Uri(path, UriKind.Relative),
            new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
            Cancel
        );

    public static string Antiforgery(string page) =>
        WebUtility.HtmlDecode(AntiforgeryField().Match(page).Groups["value"].Value);

    /// <summary>The values of all antiforgery fields, as they stand in the page.</summary>
    public static IEnumerable<string> AntiforgeryFields(string page) =>
        AntiforgeryField().Matches(page).Select(match => match.Groups["value"].Value);

    public void Dispose()
    {
        Http.Dispose();
        handler.Dispose();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"(?<value>[^\"]+)\"")]
    private static partial Regex AntiforgeryField();
}
