using System.Globalization;
using System.Text;

namespace Turnstone.Server.Tests.Attacks.Fuzzing;

/// <summary>A request as it is sent.</summary>
/// <param name="Bytes">Head and body.</param>
/// <param name="Complete">Whether it is whole, so that an answer must come. The rest may be given up.</param>
internal sealed record FuzzRequest(byte[] Bytes, bool Complete)
{
    private const int Shown = 4096;

    /// <summary>As text, to send it again by hand.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var one in Bytes.Take(Shown))
        {
            text.Append(
                one switch
                {
                    (byte)'\r' => "\\r",
                    (byte)'\n' => "\\n\n",
                    (byte)'\\' => "\\\\",
                    >= 0x20 and < 0x7f => ((char)one).ToString(),
                    _ => string.Create(CultureInfo.InvariantCulture, $"\\x{one:x2}"),
                }
            );
        }

        return Bytes.Length > Shown ? $"{text}… ({Bytes.Length} bytes)" : text.ToString();
    }
}
