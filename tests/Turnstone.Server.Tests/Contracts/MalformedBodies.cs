using System.Net.Http.Headers;
using System.Text;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>Bodies that are no JSON object of a contract, whatever its members are called.</summary>
public static class MalformedBodies
{
    private static readonly Dictionary<string, (byte[] Body, string? Type)> All = new()
    {
        ["nothing"] = Json([]),
        ["not-json"] = Json("{\"token\":"u8),
        ["trailing-comma"] = Json("{\"token\":\"a\",}"u8),
        ["two-values"] = Json("{} {}"u8),
        ["not-an-object"] = Json("[\"token\"]"u8),
        ["null"] = Json("null"u8),
        ["empty-object"] = Json("{}"u8),
        ["null-members"] = Json("""{"token":null,"refresh_token":null,"username":null,"password":null}"""u8),
        ["numbers"] = Json("""{"token":1,"refresh_token":1,"username":1,"password":1}"""u8),
        ["objects"] = Json("""{"token":{},"refresh_token":{},"username":{},"password":{}}"""u8),
        ["repeated-members"] = Json(
            """
            {
              "token":"a","token":"a","refresh_token":"a","refresh_token":"a",
              "username":"a","username":"a","password":"a"
            }
            """u8
        ),
        ["repeated-by-escape"] = Json(
            """
            {
              "token":"a","\u0074oken":"b","refresh_token":"a","\u0072efresh_token":"b",
              "username":"a","\u0075sername":"b","password":"a"
            }
            """u8
        ),
        ["broken-utf8"] = Json([.. "{\"x\":\""u8, 0xC3, 0x28, .. "\"}"u8]),
        ["lone-surrogate"] = Json(
            """{"token":"\ud800","refresh_token":"\ud800","username":"\ud800","password":"\ud800"}"""u8
        ),
        ["too-deep"] = Json(Encoding.ASCII.GetBytes($"{{\"x\":{new string('[', 5000)}{new string(']', 5000)}}}")),
        ["too-long-members"] = Json(
            Encoding.ASCII.GetBytes(
                $$"""
                {
                  "token":"{{new string('a', 2000)}}","refresh_token":"{{new string('a', 2000)}}",
                  "username":"{{new string('a', 2000)}}","password":"{{new string('a', 2000)}}"
                }
                """
            )
        ),
        ["too-large"] = Json(Encoding.ASCII.GetBytes($"{{\"x\":\"{new string('a', 17_000)}\"}}")),
        ["form"] = Typed("token=a&refresh_token=a&username=a&password=a"u8, "application/x-www-form-urlencoded"),
        ["text"] = Typed("{}"u8, "text/plain"),
        ["utf-16"] = Typed("{}"u8, "application/json; charset=utf-16"),
        ["no-type"] = Typed("{}"u8, null),
    };

    public static TheoryData<string> Names => new(All.Keys);

    public static HttpRequestMessage Request(string path, string name)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(All[name].Body) };
        request.Content.Headers.ContentType = All[name].Type is { } type ? MediaTypeHeaderValue.Parse(type) : null;
        request.Headers.Add("Subscription-Key", Known.SubscriptionKey);
        return request;
    }

    private static (byte[] Body, string? Type) Json(ReadOnlySpan<byte> body) => Typed(body, "application/json");

    private static (byte[] Body, string? Type) Typed(ReadOnlySpan<byte> body, string? type) => (body.ToArray(), type);
}
