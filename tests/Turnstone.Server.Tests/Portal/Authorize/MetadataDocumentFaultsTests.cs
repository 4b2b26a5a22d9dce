using System.Net;
using System.Text.Json.Nodes;
using Turnstone.Server.Tests.Hosting.Outbound;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>Metadata documents that make no client, and addresses that are asked for none.</summary>
public sealed class MetadataDocumentFaultsTests
{
    public static TheoryData<string, string> Wrong { get; } =
        new()
        {
            { """{"client_id":"https://other.example.test/client.json"}""", "its client_id is not the address" },
            { """{"client_id":null}""", "its client_id is not the address" },
            { """{"client_secret":"x"}""", "client_secret" },
            { """{"client_secret_expires_at":0}""", "client_secret" },
            { """{"token_endpoint_auth_method":"client_secret_basic"}""", "must be private_key_jwt or none" },
            { """{"token_endpoint_auth_method":"client_secret_jwt"}""", "must be private_key_jwt or none" },
            { """{"token_endpoint_auth_method":"private_key_jwt"}""", "jwks or jwks_uri" },
            { """{"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"oct","k":"AQ"}]}}""", "jwks" },
            { """{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"http://10.0.0.1/k"}""", "jwks_uri" },
            { """{"redirect_uris":[]}""", "redirect_uris" },
            { """{"redirect_uris":"https://a.example.test/"}""", "redirect_uris" },
            { """{"redirect_uris":["http://a.example.test/"]}""", "redirect_uris[0]" },
            { """{"redirect_uris":["https://a.example.test/","javascript:alert(1)"]}""", "redirect_uris[1]" },
            { """{"redirect_uris":["https://a.example.test/*"]}""", "redirect_uris[0]" },
            { """{"redirect_uris":["https://a.example.test/#a"]}""", "redirect_uris[0]" },
            { """{"redirect_uris":["https://user@a.example.test/"]}""", "redirect_uris[0]" },
            { """{"post_logout_redirect_uris":["http://a.example.test/"]}""", "post_logout_redirect_uris[0]" },
            { """{"application_type":"web"}""", "application_type web" },
            { """{"application_type":"desktop"}""", "web or native" },
            { """{"grant_types":["client_credentials"]}""", "grant_types" },
            { """{"grant_types":["refresh_token"]}""", "grant_types" },
            { """{"response_types":["token"]}""", "response_types" },
            { """{"client_name":"turned \u202e round"}""", "client_name" },
            { """{"client_name":7}""", "client_name" },
            { """{"scope":"a\u0000b"}""", "scope" },
        };

    [Fact]
    public async Task What_is_wrong_with_a_document_is_told_and_nobody_is_sent_anywhere()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        var number = 0;
        foreach (var (changes, sentence) in Wrong.Select(row => row.Data))
        {
            var path = $"/{number++}.json";
            var id = foreign.Publish(JsonNode.Parse(changes)!.AsObject(), path);
            Assert.Contains(sentence, await visitor.UnprovenAsync(DescribedClient.Url(id)), StringComparison.Ordinal);
        }

        foreign.Publish("/list.json", "[]");
        foreign.Publish("/twice.json", """{"client_id":"a","client_id":"b"}""");
        foreach (var path in new[] { "/list.json", "/twice.json" })
        {
            var url = DescribedClient.Url(foreign.At(path));
            Assert.Contains("no JSON object", await visitor.UnprovenAsync(url), StringComparison.Ordinal);
        }

        Assert.Contains(
            "404",
            await visitor.UnprovenAsync(DescribedClient.Url(foreign.At("/missing.json"))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_no_address_of_a_document_is_not_asked()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        var root = foreign.At("");
        string[] ids =
        [
            root,
            $"{root}/",
            $"{root}?a=/b",
            $"{root}/a/../client.json",
            $"{root}/a/%2E%2e/client.json",
            $"{root}/./client.json",
            $"{root}/client.json#a",
            $"{root}/client.json\\a",
            root.Replace("//", "//user@", StringComparison.Ordinal) + "/client.json",
            $"{root}/{new string('a', 512)}",
            "https://id.example.test/client.json",
            "ftp://127.0.0.1/client.json",
        ];

        foreach (var id in ids)
        {
            var page = await visitor.UnprovenAsync(DescribedClient.Url(id));
            Assert.Contains("no client is registered", page, StringComparison.Ordinal);
        }

        foreign.Publish();
        using var old = await visitor.GetAsync(
            AuthorizeUrl.OAuthV1(("client_id", foreign.At(DescribedClient.Path)), ("redirect_uri", null))
        );
        Assert.Equal(HttpStatusCode.BadRequest, old.StatusCode);
        Assert.Null(foreign.Seen);
    }
}
