using Turnstone.Credentials;
using Turnstone.Directory;

namespace Turnstone.Server.Operations;

/// <summary>Accounts by their emails, as an operator names them.</summary>
internal static class AccountList
{
    /// <summary>Null for an account that is not there.</summary>
    public static async Task<Account?> FindAsync(
        this IAccountStore accounts,
        string? email,
        CancellationToken cancellationToken
    ) =>
        EmailAddress.TryNormalize(email, out var normalized)
            ? await accounts.FindByEmailAsync(normalized, cancellationToken)
            : null;

    /// <summary>The accounts of a list, and the emails of it that no account has.</summary>
    public static async Task<(List<Guid> Found, List<string> Unknown)> FindAllAsync(
        this IAccountStore accounts,
        IEnumerable<string> emails,
        CancellationToken cancellationToken
    )
    {
        var (found, unknown) = (new List<Guid>(), new List<string>());
        foreach (var email in emails)
        {
            if (await accounts.FindAsync(email, cancellationToken) is { } account)
            {
                found.Add(account.Id);
            }
            else
            {
                unknown.Add(email);
            }
        }

        return (found, unknown);
    }

    /// <summary>The emails of a file, or of the standard input for <c>-</c>: one a line.</summary>
    public static async Task<List<string>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using var input = path == "-" ? Console.In : new StreamReader(path);
        var emails = new List<string>();
        while (await input.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Trim() is { Length: > 0 } email)
            {
                emails.Add(email);
            }
        }

        return [.. emails.Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
