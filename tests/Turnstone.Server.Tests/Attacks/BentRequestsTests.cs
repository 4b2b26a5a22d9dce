using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Reference;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// Requests that no program of ours would send are the sender's fault: a 4xx, never a 5xx, and no failure in the log.
/// </summary>
public sealed partial class BentRequestsTests : IAsyncLifetime
{
    private const string Form = "application/x-www-form-urlencoded";

    private TurnstoneServer server = null!;
    private Visitor customer = null!;
    private string cookie = "";
    private List<string> paths = [];

    public async ValueTask InitializeAsync()
    {
        server = await ReferenceTests.StartAsync();
        customer = await Visitor.SignedInAsync(server);
        cookie = customer.Cookies.GetCookieHeader(server.BaseAddress);
        paths =
        [
            .. server
                .Routes()
                .Select(route => "/" + Parameter().Replace(route.RoutePattern.RawText ?? "", "x").Trim('/'))
                .Distinct(),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        customer.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFF\r\n")]
    [InlineData("7FFFFFFF1\r\nx")]
    [InlineData("zz\r\nx\r\n")]
    [InlineData("5\r\nabcdefgh\r\n0\r\n\r\n")]
    public async Task A_chunked_body_whose_size_is_nonsense(string body)
    {
        foreach (var type in new[] { "application/json", Form })
        {
            await AllAsync(path => Request("POST", path, $"Content-Type: {type}\r\nTransfer-Encoding: chunked", body));
        }
    }

    [Theory]
    [InlineData("multipart/form-data", "x")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nnothing")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx")]
    [InlineData($"{Form}; charset=utf-7", "a=+AGE-")]
    [InlineData($"{Form}; charset=nonsense", "a=b")]
    [InlineData(Form, "a[b=1")]
    [InlineData(Form, "a%5Bb=1&%5B=2&a.b%5D=3")]
    [InlineData(Form, "%ff=%fe")]
    [InlineData("nonsense", "a=b")]
    public Task A_form_that_is_none(string type, string body) =>
        AllAsync(path => Request("POST", path, $"Content-Type: {type}\r\nContent-Length: {body.Length}", body));

    [Fact]
    public async Task A_form_of_too_many_fields_or_of_too_long_a_name()
    {
        foreach (
            var body in new[]
            {
                string.Join('&', Enumerable.Range(0, 1025).Select(i => $"a{i}=1")),
                new string('a', 3000) + "=1",
            }
        )
        {
            await AllAsync(path =>
                Request("POST", path, $"Content-Type: {Form}\r\nContent-Length: {body.Length}", body)
            );
        }
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("TRACE")]
    [InlineData("QUERY")]
    [InlineData("NONSENSE")]
    public Task A_method_that_nobody_takes(string method) =>
        AllAsync(path => Request(method, path, "Content-Length: 0", ""));

    [Fact]
    public async Task A_form_that_is_ours_at_a_page_that_takes_none()
    {
        var token = Visitor.Antiforgery(await customer.PageAsync("/portal/profile"));
        cookie = customer.Cookies.GetCookieHeader(server.BaseAddress);
        var body = $"__RequestVerificationToken={Uri.EscapeDataString(token)}";
        await AllAsync(path => Request("POST", path, $"Content-Type: {Form}\r\nContent-Length: {body.Length}", body));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("%00")]
    public Task A_handler_that_no_page_has(string name) =>
        AllAsync(path => Request("GET", $"{path}?handler={name}", "Accept: */*", ""));

    [Theory]
    [InlineData("/reference?\u0001")]
    [InlineData("/reference?%01")]
    [InlineData("/reference?%00")]
    [InlineData("/reference?document=%ff")]
    [InlineData("/portal?returnUrl=%00")]
    [InlineData("/portal/sign-in?ReturnUrl=%00")]
    [InlineData("/portal/sign-in?handler=%00")]
    public async Task A_query_of_control_characters(string target) =>
        Assert.InRange(await StatusAsync(Request("GET", target, "Accept: */*", "")), 200, 499);

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    private async Task AllAsync(Func<string, string> request)
    {
        Assert.True(paths.Count > 60, $"Only {paths.Count} paths were found.");
        foreach (var path in paths)
        {
            var status = await StatusAsync(request(path));
            Assert.True(status is >= 200 and < 500, $"{path} answered {status}. {Failures().LastOrDefault()}");
        }

        Assert.Empty(Failures());
    }

    private IEnumerable<string> Failures() =>
        server.Log.Lines.Where(line =>
            line.StartsWith("Error ", StringComparison.Ordinal)
            || line.StartsWith("Critical ", StringComparison.Ordinal)
        );

    private string Request(string method, string target, string headers, string body) =>
        $"{method} {target} HTTP/1.1\r\nHost: {server.BaseAddress.Authority}\r\nConnection: close\r\n"
        + $"Subscription-Key: {Known.SubscriptionKey}\r\nCookie: {cookie}\r\n{headers}\r\n\r\n{body}";

    private async Task<int> StatusAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(
            server.BaseAddress.Host,
            server.BaseAddress.Port,
            TestContext.Current.CancellationToken
        );
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "no answer 0";
        return int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
