using System.Net;
using System.Net.Http.Headers;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// A form that no browser would send is refused as a page refuses it, also where the page asks for a password and its
/// form is taken once.
/// </summary>
public sealed class SecretPageFormsTests
{
    private const int MostFields = 1024;

    public static TheoryData<string> Pages =>
        [
            "/portal/sign-in",
            "/portal/reset-password",
            "/portal/api-keys/new",
            "/portal/applications/new",
            "/portal/profile/generate-token",
            "/portal/profile/security/password",
        ];

    /// <summary>
    /// The form's token is in the header, so that nothing before the page reads the form for it and refuses it.
    /// </summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Too_many_fields_and_a_too_long_name_are_a_page_with_400(string path)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var token = Visitor.Antiforgery(await visitor.PageAsync("/portal/profile"));
        foreach (
            var form in new[]
            {
                string.Join('&', Enumerable.Range(0, MostFields + 1).Select(i => $"a{i}=1")),
                $"{new string('a', 3000)}=1",
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Headers.Add("RequestVerificationToken", token);
            request.Content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));

            using var refused = await visitor.Http.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Equal("text/html", refused.Content.Headers.ContentType?.MediaType);
        }

        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error ", StringComparison.Ordinal));
    }
}
