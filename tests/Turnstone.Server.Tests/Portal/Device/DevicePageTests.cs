using System.Net;
using Microsoft.Playwright;
using Turnstone.Audit;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.Device;

/// <summary>The page where a person lets a device in.</summary>
public sealed class DevicePageTests(Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, false, "en")]
    [InlineData(false, true, "de")]
    public async Task Somebody_lets_a_device_in_by_the_address_that_it_shows(bool script, bool phone, string language)
    {
        await using var server = await FakeDevice.ServerAsync();
        var device = await FakeDevice.BeginAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        var page = await browser.OpenAsync(server, script: script, phone: phone, dark: phone, language: language);
        var address = new Uri(device.Codes.GetProperty("verification_uri_complete").GetString()!).PathAndQuery;

        await page.GotoAsync(address);
        await page.Locator("#Email").FillAsync(Known.Email);
        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Locator("main button.primary").ClickAsync();
        await Assertions.Expect(page.Locator("#Code")).ToHaveValueAsync(device.UserCode);
        await Look.AtAsync(page, $"device-code-{language}", script);
        await page.Locator("main button.primary").ClickAsync();
        await Assertions.Expect(page.Locator(".device-code")).ToHaveTextAsync(device.UserCode);
        await Assertions.Expect(page.Locator("dl.facts")).ToContainTextAsync("127.0.0.1");
        await Assertions.Expect(page.Locator("dl.facts")).ToContainTextAsync("tv 7.1");
        await Assertions.Expect(page.Locator(".notice.warn")).ToBeVisibleAsync();
        await Look.AtAsync(page, $"device-question-{language}", script);
        await page.Locator("button[value=allow]").ClickAsync();
        await Assertions
            .Expect(page.Locator("h1"))
            .ToHaveTextAsync(language == "en" ? "The device is signed in" : "Das Gerät ist angemeldet");
        await Look.AtAsync(page, $"device-allowed-{language}", script);

        using var answer = await device.PollAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await page.GotoAsync("/portal/sessions");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("tv 7.1");
    }

    [Fact]
    public async Task Whoever_goes_on_with_a_phone_scans_the_address_and_the_code()
    {
        await using var server = await FakeDevice.ServerAsync();
        var device = await FakeDevice.BeginAsync(server);
        var complete = device.Codes.GetProperty("verification_uri_complete").GetString()!;
        var page = await browser.OpenAsync(server);
        await page.GotoAsync(new Uri(complete).PathAndQuery);
        await page.Locator("#Email").FillAsync(Known.Email);
        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Locator("main button.primary").ClickAsync();
        Assert.Equal(complete, await ScanAsync(page));

        await page.GotoAsync("/portal/device");
        Assert.Equal(complete[..complete.IndexOf('?', StringComparison.Ordinal)], await ScanAsync(page));
    }

    [Theory]
    [InlineData("lower")]
    [InlineData("no dash")]
    [InlineData("spaces")]
    public async Task A_code_is_read_as_people_type(string way)
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server);
        var typed = way switch
        {
            "lower" => device.UserCode.ToLowerInvariant(),
            "no dash" => device.UserCode.Replace("-", "", StringComparison.Ordinal),
            _ => $" {device.UserCode.Replace("-", " - ", StringComparison.Ordinal)} ",
        };

        Assert.Contains(
            "The device is signed in",
            await device.AnswerAsync(visitor, "allow", typed),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Looking_at_a_link_answers_nothing_and_tells_nothing()
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server);

        var known = await visitor.PageAsync($"/portal/device?user_code={device.UserCode}&decision=allow");
        var unknown = await visitor.PageAsync("/portal/device?user_code=BBBB-BBBB&decision=allow");

        Assert.Contains("Compare it with the code on your device", known, StringComparison.Ordinal);
        Assert.Contains("Compare it with the code on your device", unknown, StringComparison.Ordinal);
        Assert.Equal("authorization_pending", await device.ErrorAsync());
    }

    [Fact]
    public async Task Another_site_cannot_answer_for_somebody()
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server);

        using var forged = await visitor.PostAsync("/portal/device", ("Code", device.UserCode), ("decision", "allow"));

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal("authorization_pending", await device.ErrorAsync());
    }

    [Fact]
    public async Task Nobody_answers_who_is_not_signed_in()
    {
        await using var server = await FakeDevice.ServerAsync();
        using var visitor = new Visitor(server);

        using var answer = await visitor.GetAsync("/portal/device?user_code=BBBB-BBBB");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/portal/sign-in?", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UserCodesPerAccount")]
    [InlineData("UserCodesPerNetwork")]
    [InlineData("UserCodesInTotal")]
    public async Task Guessing_is_limited_for_account_network_and_all(string limit)
    {
        await using var server = await FakeDevice.ServerAsync([$"Turnstone:Limits:{limit}:Count=2"]);
        using var visitor = await Visitor.SignedInAsync(server);
        var device = await FakeDevice.BeginAsync(server);

        // A right one costs nothing.
        for (var i = 0; i < 3; i++)
        {
            using var right = await TypeAsync(visitor, device.UserCode);
            Assert.Contains("device-code", await right.TextAsync(), StringComparison.Ordinal);
        }

        for (var i = 0; i < 2; i++)
        {
            using var wrong = await TypeAsync(visitor, "BBBB-BBBB");
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        }

        using var third = await TypeAsync(visitor, device.UserCode);

        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.NotNull(third.Headers.RetryAfter);
        var entries = await server.Of<IAuditLog>().ReadAsync(new AuditQuery { Event = AuditEvent.LoginFailed }, Cancel);
        Assert.All(entries, entry => Assert.Contains("UserCode", entry.Detail, StringComparison.Ordinal));
        Assert.NotEmpty(entries);
    }

    /// <summary>What a phone's camera reads of the picture: by a library that only reads.</summary>
    private static async Task<string> ScanAsync(IPage page)
    {
        await Assertions.Expect(page.Locator("img.qr")).ToBeVisibleAsync();
        var library = Path.Combine(Repository.Root, "tests/interop/node_modules/jsqr/dist/jsQR.js");
        await page.EvaluateAsync(await File.ReadAllTextAsync(library, Cancel));
        return await page.Locator("img.qr")
            .EvaluateAsync<string>(
                """
                async (picture) => {
                  await picture.decode();
                  const [width, height] = [picture.naturalWidth, picture.naturalHeight];
                  const canvas = new OffscreenCanvas(width, height).getContext("2d");
                  canvas.drawImage(picture, 0, 0);
                  return jsQR(canvas.getImageData(0, 0, width, height).data, width, height).data;
                }
                """
            );
    }

    private static Task<HttpResponseMessage> TypeAsync(Visitor visitor, string code) =>
        visitor.SendAsync("/portal/device", form: null, ("Code", code));
}
