using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Turnstone.Server.Tests.Attacks.Fuzzing;

/// <summary>Bodies: JSON, forms and parts, whole and bent.</summary>
internal sealed class FuzzBody(Dice dice, FuzzSecrets secrets)
{
    private static readonly string[] Numbers = ["0", "-0", "1e400", "-1E-400", "01", "1.", "NaN", new('9', 2000)];

    /// <summary>The members of a call as a query or a form.</summary>
    public string Form(FuzzCall call) =>
        string.Join('&', Bent(call).Select(member => $"{Escaped(member.Name)}={Escaped(member.Value)}"));

    /// <summary>The members of a call as JSON.</summary>
    public string Json(FuzzCall call) =>
        $"{{{string.Join(',', Bent(call).Select(member => $"{Quoted(member.Name)}:{Quoted(member.Value)}"))}}}";

    public byte[] Json()
    {
        var bytes = Encoding.UTF8.GetBytes(Value(depth: 0));
        return dice.Below(12) switch
        {
            0 => bytes[..dice.Below(bytes.Length + 1)],
            1 => [.. Encoding.UTF8.Preamble, .. bytes],
            2 => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(bytes)),
            3 => Encoding.UTF8.GetBytes(Nested(10 + dice.Below(6000))),
            4 => Struck(bytes),
            5 => [.. bytes, .. bytes],
            6 => [.. bytes, 0],
            _ => bytes,
        };
    }

    /// <summary>One member changed, removed or added, half of the time.</summary>
    private List<(string Name, string Value)> Bent(FuzzCall call)
    {
        List<(string Name, string Value)> members = [.. call.Members];
        var at = dice.Below(members.Count);
        switch (dice.Below(6))
        {
            case 0:
                members[at] = (members[at].Name, Text());
                break;
            case 1:
                members.RemoveAt(at);
                break;
            case 2:
                members.Add((dice.Of(FuzzWords.Names), Text()));
                break;
            default:
                break;
        }

        return members;
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    public byte[] Form()
    {
        var fields = dice.OneIn(60) ? 1025 : dice.Below(8);
        var text = string.Join(
            '&',
            Enumerable.Range(0, fields).Select(_ => $"{Escaped(dice.Of(FuzzWords.Names))}={Escaped(Text())}")
        );
        if (!dice.OneIn(3))
        {
            text = $"__RequestVerificationToken={Escaped(secrets.FormToken)}&{text}";
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        return dice.OneIn(10) ? Struck(bytes) : bytes;
    }

    public byte[] Parts()
    {
        var text = new StringBuilder();
        for (var i = dice.Below(4); i >= 0; i--)
        {
            var file = dice.OneIn(4) ? $"; filename=\"{dice.Of(FuzzWords.Segments)}\"" : "";
            text.Append(
                CultureInfo.InvariantCulture,
                $"--b\r\nContent-Disposition: form-data; name=\"{dice.Of(FuzzWords.Names)}\"{file}\r\n\r\n{Text()}\r\n"
            );
        }

        var bytes = Encoding.UTF8.GetBytes(text.Append(dice.OneIn(5) ? "" : "--b--\r\n").ToString());
        return dice.OneIn(6) ? Struck(bytes) : bytes;
    }

    /// <summary>A value of a member or a field.</summary>
    public string Text() =>
        dice.Below(6) switch
        {
            0 or 1 => secrets.Token(dice),
            2 => dice.Of(FuzzWords.Values) + dice.Of(FuzzWords.Values),
            _ => dice.Of(FuzzWords.Values),
        };

    /// <summary>For a query or a form, now and then not as it should be.</summary>
    public string Escaped(string text) =>
        dice.OneIn(12)
            ? new string([.. text.Where(one => one is > ' ' and < '\x7f')])
            : Uri.EscapeDataString(text.Replace('\ud800', '\ufffd').Replace('\udfff', '\ufffd'));

    /// <summary>A byte or two changed, which makes wrong UTF-8, NULs and broken syntax.</summary>
    private byte[] Struck(byte[] bytes)
    {
        for (var i = bytes.Length == 0 ? 0 : 1 + dice.Below(3); i > 0; i--)
        {
            bytes[dice.Below(bytes.Length)] = (byte)dice.Below(256);
        }

        return bytes;
    }

    private string Value(int depth)
    {
        var kind = depth == 0 ? 0 : dice.Below(10);
        return kind switch
        {
            0 when depth < 5 =>
                $"{{{string.Join(',', Enumerable.Range(0, dice.Below(6)).Select(_ => Member(depth)))}}}",
            1 when depth < 5 =>
                $"[{string.Join(',', Enumerable.Range(0, dice.Below(4)).Select(_ => Value(depth + 1)))}]",
            2 => dice.Of(Numbers),
            3 => dice.Of(["true", "false", "null", "\"\\u0000\"", "\"\\ud800\"", "\"\\x\"", "'x'", "/**/1", "\"\t\""]),
            _ => Quoted(Text()),
        };
    }

    private string Member(int depth) => $"{Quoted(dice.Of(FuzzWords.Names))}:{Value(depth + 1)}";

    private string Nested(int depth)
    {
        var (open, close) = dice.OneIn(2) ? ("[", "]") : ("{\"token\":", "}");
        var text = new StringBuilder().Insert(0, open, depth).Append('1');
        return (dice.OneIn(2) ? text : text.Insert(text.Length, close, depth)).ToString();
    }
}
