using System.Globalization;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Sessions;

/// <summary>A position in the list, as in a URL. If it cannot be read, the list starts at the beginning.</summary>
internal static class PageMark
{
    public static string Write(SessionPlace place) =>
        $"{place.CreatedAt.UtcTicks.ToString(CultureInfo.InvariantCulture)}.{place.Id}";

    public static SessionPlace? Read(string? text) =>
        text?.Split('.') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && at >= DateTimeOffset.UnixEpoch.Ticks
        && at <= DateTimeOffset.MaxValue.Ticks
        && SessionId.TryParse(id, out var session)
            ? new SessionPlace(new DateTimeOffset(at, TimeSpan.Zero), session.Value)
            : null;
}
