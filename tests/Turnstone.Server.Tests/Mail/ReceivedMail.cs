using System.Globalization;
using System.Text;

namespace Turnstone.Server.Tests.Mail;

/// <summary>A mail as it came over the wire: the envelope's commands, headers and body with their line ends.</summary>
/// <param name="SignedIn">What the client has signed in with (RFC 4616), if it has.</param>
internal sealed record ReceivedMail(string From, string To, string Data, bool Encrypted, string? SignedIn)
{
    public string Headers => Data[..End];

    /// <summary>The body as it was sent.</summary>
    public string Raw => Data[(End + 4)..];

    /// <summary>The body with its quoted-printable undone (RFC 2045 §6.7).</summary>
    public string Body
    {
        get
        {
            var bytes = new List<byte>();
            var text = Raw.Replace("=\r\n", "", StringComparison.Ordinal);
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '=')
                {
                    bytes.Add(byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i += 2;
                }
                else
                {
                    bytes.Add((byte)text[i]);
                }
            }

            return Encoding.UTF8.GetString([.. bytes]);
        }
    }

    /// <summary>The value of a header that is there once.</summary>
    public string Header(string name) =>
        Assert.Single(Headers.Split("\r\n"), line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))[
            (name.Length + 2)..
        ];

    private int End => Data.IndexOf("\r\n\r\n", StringComparison.Ordinal);
}
