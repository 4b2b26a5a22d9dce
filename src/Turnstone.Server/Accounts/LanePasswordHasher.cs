using Microsoft.AspNetCore.Identity;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Accounts;

/// <summary>
/// Identity's hasher is synchronous, the password lane is not. So <see cref="AccountManager"/> hashes a new password
/// before Identity asks for the hash, and Identity finds it here. One instance per request.
/// </summary>
public sealed class LanePasswordHasher(PasswordHashing hashing, PasswordLane lane, CurrentCaller caller)
    : IPasswordHasher<Account>
{
    private (string Password, string Hash)? prepared;

    /// <summary>
    /// Hashes in the lane; a refusal if it is full. The validators refuse texts that cannot be a password.
    /// </summary>
    public async Task<Refusal?> PrepareAsync(Account? account, string? password, CancellationToken cancellationToken)
    {
        if (!PasswordText.IsAcceptable(password))
        {
            return null;
        }

        var run = await lane.RunAsync(
            LaneShare.Of(caller.Current, account?.NormalizedEmail ?? "@"),
            () => hashing.Hash(password),
            cancellationToken
        );
        if (run.Granted(out var hash, out var full))
        {
            prepared = (password, hash);
        }

        return full;
    }

    public string HashPassword(Account user, string password)
    {
        var ready = prepared;
        prepared = null;
        return ready?.Password == password
            ? ready.Value.Hash
            : throw new InvalidOperationException("The password was not hashed in the lane before.");
    }

    /// <summary>Identity would check passwords here. Nothing asks it to: PasswordCheck does.</summary>
    public PasswordVerificationResult VerifyHashedPassword(
        Account user,
        string hashedPassword,
        string providedPassword
    ) => throw new NotSupportedException("Passwords are checked by PasswordCheck.");
}
