using Turnstone.Cli.Output;
using Turnstone.Cli.Profiles;

namespace Turnstone.Cli.Doctor;

/// <summary>Whether there is a session to go on with.</summary>
internal static class SessionCheck
{
    private const string Check = "session";

    public static Finding Of(OpenProfile open, DateTimeOffset now) =>
        open.HoldsAnother
            ? new(
                Check,
                false,
                "It is of another server than the profile's, or of another contract. Log in: turnstone login."
            )
        : open.Stored is not { } stored ? new(Check, false, "There is none that can be read. Log in: turnstone login.")
        : stored.Ended
            ? new(Check, false, $"It has ended{Code(stored.EndedCode)}. Ask turnstone why, then turnstone login.")
        : stored.Access is null ? new(Check, false, "It has no token yet: the sign-in was not finished. Log in again.")
        : stored.Refresh is null && open.Profile.With is not "client"
            ? new(Check, true, "It has no refresh token: when its access token has expired, log in again.")
        : new(
            Check,
            true,
            stored.ExpiresAt > now
                ? $"It stands; its access token expires {Durations.Moment(stored.ExpiresAt, now)}."
                : "It stands; its access token has expired and is renewed when it is asked for."
        );

    private static string Code(string? code) => code is null ? "" : $" ({code})";
}
