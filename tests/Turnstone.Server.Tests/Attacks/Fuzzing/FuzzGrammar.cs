using System.Globalization;
using System.Text;

namespace Turnstone.Server.Tests.Attacks.Fuzzing;

/// <summary>Requests for the routes: method, target, headers, body, each as it should be or bent.</summary>
internal sealed class FuzzGrammar(Dice dice, Uri server, FuzzSecrets secrets, IReadOnlyList<FuzzRoute> routes)
{
    private readonly FuzzBody bodies = new(dice, secrets);

    public FuzzRequest Next()
    {
        var call = dice.OneIn(2) ? FuzzCalls.Of(dice, secrets) : null;
        var route = call is null ? dice.Of(routes) : new FuzzRoute(call.Path, [call.Method]);
        var method = dice.OneIn(call is null ? 6 : 20) ? dice.Of(FuzzWords.Methods) : dice.Of(route.Methods);
        var target = call is { Method: "GET" } ? $"{call.Path}?{bodies.Form(call)}" : Target(route, call is null);
        List<byte> head = [.. Encoding.UTF8.GetBytes($"{method} {target} HTTP/1.1\r\n")];
        Add(head, "Host", dice.OneIn(25) ? dice.Of(["", "evil.example", "[::1", "a:99999999", "é"]) : server.Authority);
        Add(head, "Connection", dice.OneIn(20) ? "close, Upgrade" : "close");
        AddCredentials(head);
        for (var i = dice.Below(4); i > 0; i--)
        {
            Add(head, dice.Of(FuzzWords.Headers), HeaderValue());
        }

        var takesBody = method is not ("GET" or "HEAD") || dice.OneIn(8);
        var (body, complete) = takesBody ? Body(head, call) : ([], true);
        if (dice.OneIn(60))
        {
            head[dice.Below(head.Count)] = (byte)dice.Below(256);

            // The length may be what was changed.
            complete = false;
        }

        return new([.. head, .. "\r\n"u8, .. body], complete);
    }

    private string Target(FuzzRoute route, bool bent)
    {
        if (!bent)
        {
            return route.Path;
        }

        if (dice.OneIn(10))
        {
            return dice.Of(secrets.Links);
        }

        var path = new StringBuilder();
        foreach (var piece in route.Path.Split("{}"))
        {
            path.Append(path.Length == 0 ? "" : dice.Of(FuzzWords.Segments)).Append(piece);
        }

        if (dice.OneIn(15))
        {
            path.Insert(dice.Below(path.Length) + 1, dice.Of(FuzzWords.Segments));
        }

        return dice.OneIn(2) ? path.ToString() : $"{path}?{Query()}";
    }

    private string Query() =>
        string.Join(
            dice.OneIn(10) ? ';' : '&',
            Enumerable
                .Range(0, dice.OneIn(40) ? 300 : dice.Below(6))
                .Select(_ => $"{bodies.Escaped(dice.Of(FuzzWords.Names))}={bodies.Escaped(dice.Of(FuzzWords.Values))}")
        );

    private void AddCredentials(List<byte> head)
    {
        if (dice.OneIn(2))
        {
            Add(head, "Cookie", dice.Of(secrets.Cookies));
        }

        if (!dice.OneIn(3))
        {
            Add(head, "Subscription-Key", dice.OneIn(5) ? bodies.Text() : secrets.Tokens[0]);
        }

        for (var i = dice.OneIn(20) ? 2 : dice.Below(2); i > 0; i--)
        {
            Add(
                head,
                "Authorization",
                dice.Below(6) switch
                {
                    0 => $"Basic {Basic($"shop:{secrets.Tokens[2]}")}",
                    1 => $"Basic {Basic(bodies.Text() + dice.Of(["", ":", "%ff:%00", ":\0"]) + bodies.Text())}",
                    2 => dice.Of([
                        "Basic",
                        "Basic ====",
                        "Bearer",
                        "Bearer ",
                        "Digest x",
                        "\u00e9",
                        "",
                        "Basic /////w==",
                    ]),
                    3 => secrets.Token(dice),
                    _ => $"Bearer {secrets.Token(dice)}",
                }
            );
        }
    }

    private static string Basic(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private string HeaderValue() =>
        dice.Below(5) switch
        {
            0 => bodies.Text(),
            1 => Encoding.Latin1.GetString(dice.Bytes(dice.Below(40))),
            2 => new string('h', dice.Below(12_000)),
            _ => dice.Of(FuzzWords.HeaderValues),
        };

    private (byte[] Body, bool Complete) Body(List<byte> head, FuzzCall? call)
    {
        const string json = "application/json";
        const string form = "application/x-www-form-urlencoded";
        var kind = dice.Below(10);
        var (body, type) =
            call is { IsJson: true } ? (Encoding.UTF8.GetBytes(bodies.Json(call)), json)
            : call is not null ? (Encoding.UTF8.GetBytes(bodies.Form(call)), form)
            : kind == 0 ? (dice.Bytes(dice.Below(300)), "application/octet-stream")
            : kind == 1 ? (bodies.Parts(), "multipart/form-data; boundary=b")
            : kind < 6 ? (bodies.Form(), form)
            : (bodies.Json(), json);
        for (var i = dice.OneIn(25) ? dice.Below(3) : 1; i > 0; i--)
        {
            Add(head, "Content-Type", dice.OneIn(8) ? dice.Of(FuzzWords.MediaTypes) : type);
        }

        return dice.Below(12) switch
        {
            0 or 1 => Chunked(head, body),
            2 => BentLength(head, body),
            _ => Whole(head, body),
        };
    }

    private static (byte[] Body, bool Complete) Whole(List<byte> head, byte[] body)
    {
        Add(head, "Content-Length", body.Length.ToString(CultureInfo.InvariantCulture));
        return (body, true);
    }

    private (byte[] Body, bool Complete) BentLength(List<byte> head, byte[] body)
    {
        Add(
            head,
            "Content-Length",
            dice.Of([
                $"{body.Length + 10}",
                "-1",
                "99999999999999999999",
                "+5",
                "0x5",
                "70000",
                "",
                $"{body.Length}, 1",
            ])
        );
        return (body, false);
    }

    private (byte[] Body, bool Complete) Chunked(List<byte> head, byte[] body)
    {
        var right = !dice.OneIn(3);
        Add(
            head,
            "Transfer-Encoding",
            right ? "chunked" : dice.Of(["chunked", "gzip, chunked", "chunked, chunked", "x"])
        );
        if (!right && dice.OneIn(4))
        {
            Add(head, "Content-Length", "5");
        }

        var size = right
            ? body.Length.ToString("x", CultureInfo.InvariantCulture) + dice.Of(["", ";a=b"])
            : dice.Of([
                "FFFFFFFFFFFFFFFF",
                "7FFFFFFF1",
                "zz",
                "-1",
                "0x5",
                "",
                " 5",
                new string('0', 5000) + "5",
                "5;\"",
            ]);
        var trailer = right ? dice.Of(["", "A: b\r\n"]) : dice.Of(["Content-Length: 1\r\n", "bad\r\n"]);

        // A chunk of no bytes would be the last one.
        var chunk = body.Length == 0 ? "" : $"{size}\r\n{Encoding.Latin1.GetString(body)}\r\n";
        return (Encoding.Latin1.GetBytes($"{chunk}0\r\n{trailer}\r\n"), right);
    }

    private static void Add(List<byte> head, string name, string value) =>
        head.AddRange(Encoding.UTF8.GetBytes($"{name}: {value.ReplaceLineEndings(" ")}\r\n"));
}
