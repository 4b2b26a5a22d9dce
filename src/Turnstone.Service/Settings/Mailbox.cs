using System.Diagnostics.CodeAnalysis;
using MimeKit;

namespace Turnstone.Server.Settings;

/// <summary>The only parser for the addresses of senders and recipients.</summary>
internal static class Mailbox
{
    private static readonly ParserOptions Strict = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Strict,
        AllowAddressesWithoutDomain = false,
        AllowUnquotedCommasInAddresses = false,
    };

    /// <summary>
    /// Parses exactly one address (RFC 5322 §3.4), such as <c>a@example.com</c> or <c>Name &lt;a@example.com></c>.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MailboxAddress? address)
    {
        address = null;
        return !text.Any(char.IsControl) && MailboxAddress.TryParse(Strict, text, out address);
    }
}
