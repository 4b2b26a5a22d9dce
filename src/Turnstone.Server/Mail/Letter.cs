using System.Diagnostics.CodeAnalysis;
using Turnstone.Credentials;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Mail;

/// <summary>One mail: plain text to one address. Nothing in it can add a header, another recipient or markup.</summary>
public sealed record Letter
{
    public const int LongestSubject = 200;

    /// <exception cref="ArgumentException">The address is none, or the subject has more than one line.</exception>
    public Letter(string to, string subject, string text)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (!CanReach(to))
        {
            throw new ArgumentException("This is not one email address.", nameof(to));
        }

        if (subject.Length is 0 or > LongestSubject || subject.Any(char.IsControl))
        {
            throw new ArgumentException($"A subject is one line of 1 to {LongestSubject} characters.", nameof(subject));
        }

        (To, Subject, Text) = (to.Trim(), subject, text);
    }

    public string To { get; }

    public string Subject { get; }

    public string Text { get; }

    /// <summary>Whether a letter could be written to this address at all.</summary>
    public static bool CanReach([NotNullWhen(true)] string? email) =>
        EmailAddress.TryNormalize(email, out _)
        && Mailbox.TryParse(email.Trim(), out var address)
        && address.Address.Equals(email.Trim(), StringComparison.Ordinal);

    /// <summary>Neither the address nor the text: a link in it opens an account.</summary>
    public override string ToString() => "a letter";
}
