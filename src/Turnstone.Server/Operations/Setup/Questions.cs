using System.Text;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.Setup;

/// <summary>Asks on a terminal for what the flags have not said.</summary>
internal static class Questions
{
    public static bool CanAsk(Output output) => output.IsTerminal && !Console.IsInputRedirected;

    public static SetupAnswers AskAll()
    {
        Console.WriteLine("This writes the settings, the systemd unit and the proxy's file, and makes the store.");
        var issuer = Ask("The https URL under which clients will reach this service", "", SetupCheck.IssuerFault);
        var proxy = Ask(
            "The proxy in front of it (nginx, caddy, haproxy, traefik, none)",
            "nginx",
            SetupCheck.ProxyFault
        );
        var mail = Ask("The mail server's host name (empty: none, so nobody can sign up)", "", _ => null);
        var from = mail.Length == 0 ? "" : Ask("The sender's address", "", SetupCheck.AddressFault);
        var user = mail.Length == 0 ? "" : Ask("The user name at the mail server (empty: none)", "", _ => null);
        return new SetupAnswers
        {
            Issuer = issuer,
            Proxy = Enum.Parse<ProxyKind>(proxy, ignoreCase: true),
            MailHost = mail,
            MailFrom = from,
            MailUser = user,
            MailPassword = user.Length == 0 ? "" : Secret("The password for the mail server"),
        };
    }

    public static string Ask(string question, string ifEmpty, Func<string, string?> fault)
    {
        while (true)
        {
            Console.Write(ifEmpty.Length == 0 ? $"{question}: " : $"{question} [{ifEmpty}]: ");
            var answer = (Console.ReadLine() ?? throw new OperationCanceledException()).Trim();
            answer = answer.Length == 0 ? ifEmpty : answer;
            if (fault(answer) is not { } sentence)
            {
                return answer;
            }

            Console.WriteLine($"  {sentence}");
        }
    }

    /// <summary>Reads a line that is not shown.</summary>
    public static string Secret(string question)
    {
        Console.Write($"{question}: ");
        var text = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Console.WriteLine();
                    return text.ToString();
                case ConsoleKey.Backspace:
                    text.Length = Math.Max(0, text.Length - 1);
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                    {
                        text.Append(key.KeyChar);
                    }

                    break;
            }
        }
    }

    /// <summary>A new password, twice; null for none, so that a link is printed instead.</summary>
    public static string? NewPassword(string email)
    {
        while (true)
        {
            var first = Secret($"A password for {email}, 12 characters or more (empty: print a link to set it)");
            if (first.Length == 0)
            {
                return null;
            }

            if (first == Secret("Once more"))
            {
                return first;
            }

            Console.WriteLine("  They were not the same.");
        }
    }
}

/// <summary>What may be given; null is right, a sentence says what is not.</summary>
internal static class SetupCheck
{
    public static string? IssuerFault(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme == Uri.UriSchemeHttps
        && url.Query.Length + url.Fragment.Length + url.UserInfo.Length == 0
            ? null
            : "Give a URL that begins with https://, without query, fragment or user.";

    public static string? ProxyFault(string text) =>
        Enum.GetNames<ProxyKind>().Contains(text, StringComparer.OrdinalIgnoreCase)
            ? null
            : $"Give one of {string.Join(", ", Enum.GetNames<ProxyKind>()).ToLowerInvariant()}.";

    public static string? AddressFault(string text) =>
        Mailbox.TryParse(text, out _) ? null : "Give an address such as portal@example.com.";
}
