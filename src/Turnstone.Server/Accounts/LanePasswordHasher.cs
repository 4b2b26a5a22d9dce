using Microsoft.AspNetCore.Identity;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Accounts;

/// <summary>
/// Identity's hasher is synchronous, the password lane is not. So <see cref="AccountManager"/> hashes a new password
/// before Identity asks for the hash, and Identity finds it here. One instance per request.
/// </summary>
public sealed class LanePasswordHasher(PasswordHashing hashing, PasswordLane lane) : IPasswordHasher<Account>
{
    private (string Password, string Hash)? prepared;

    /// <summary>
    /// Hashes in the lane; a refusal if it is full. The validators refuse texts that cannot be a password.
    /// </summary>
    public async Task<Refusal?> PrepareAsync(string? password, CancellationToken cancellationToken)
    {
        if (!PasswordText.IsAcceptable(password))
        {
            return null;
        }

        var run = await lane.RunAsync(() => hashing.Hash(password), cancellationToken);
        if (run.Granted(out var hash, out var full))
        {
            prepared = (password, hash);
        }

        return full;
    }

    public string HashPassword(Account user, string password)
    {
        if (prepared is { } ready && ready.Password == password)
        {
            prepared = null;
            return ready.Hash;
        }

        return Wait(lane.RunAsync(() => hashing.Hash(password), CancellationToken.None));
    }

    /// <summary>Whether the password matches the hash. For a null hash it takes as long and returns false.</summary>
    public async Task<PasswordVerdict> VerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        var verdict = Granted(
            await lane.RunAsync(() => hashing.Verify(hash ?? hashing.Decoy, password), cancellationToken)
        );
        return hash is null ? new PasswordVerdict(false, false) : verdict;
    }

    public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
    {
        var verdict = Wait(
            lane.RunAsync(() => hashing.Verify(hashedPassword, providedPassword), CancellationToken.None)
        );
        return Result(verdict);
    }

    /// <summary>
    /// Never "rehash needed": Identity would treat the new hash as a new password, change the security stamp and end
    /// the sessions.
    /// </summary>
    internal static PasswordVerificationResult Result(PasswordVerdict verdict) =>
        verdict.Matches ? PasswordVerificationResult.Success : PasswordVerificationResult.Failed;

    // The lane has its own threads, so blocking here cannot deadlock.
    private static T Wait<T>(Task<Outcome<T>> run)
        where T : class => Granted(run.GetAwaiter().GetResult());

    private static T Granted<T>(Outcome<T> run)
        where T : class =>
        run.Granted(out var value, out var full)
            ? value
            : throw new StoreUnavailableException(full.Reason)
            {
                Cause = UnavailableCause.PasswordLaneFull,
                RetryAfter = full.RetryAfter ?? TimeSpan.FromSeconds(1),
            };
}
