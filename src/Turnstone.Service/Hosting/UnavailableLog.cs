using Turnstone.Storage;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Says what was refused because something is away or full: an event id and a <see cref="CountedLine"/> a cause.
/// </summary>
public sealed class UnavailableLog(TimeProvider time, ILogger<UnavailableLog> log)
{
    private readonly Dictionary<UnavailableCause, CountedLine> causes = Enum.GetValues<UnavailableCause>()
        .ToDictionary(cause => cause, _ => new CountedLine());

    /// <summary>A request was refused because of the store.</summary>
    public void Refused(StoreUnavailableException reason, HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(reason);
        Refused(reason.Cause, reason, context);
    }

    /// <summary>A request was refused because as many are in work as may be.</summary>
    public void RequestsFull(HttpContext context) => Refused(UnavailableCause.RequestsFull, null, context);

    /// <summary>A password was refused because as many wait as may.</summary>
    public void PasswordLaneFull()
    {
        if (causes[UnavailableCause.PasswordLaneFull].Due(time, out var count))
        {
            log.PasswordLaneFull(count);
        }
    }

    private void Refused(UnavailableCause cause, Exception? reason, HttpContext context)
    {
        if (!causes[cause].Due(time, out var count))
        {
            return;
        }

        var (method, path) = (context.Request.Method, context.Request.Path.Value ?? "");
        switch (cause)
        {
            case UnavailableCause.ConnectionsTaken:
                log.ConnectionsTaken(count, method, path);
                break;
            case UnavailableCause.QueueFull:
                log.QueueFull(count, method, path);
                break;
            case UnavailableCause.RequestsFull:
                log.RequestsFull(count, method, path);
                break;
            case UnavailableCause.Conflict:
                log.ChangedMeanwhile(reason, count, method, path);
                break;
            case UnavailableCause.CutOff:
                log.CutOff(count, method, path);
                break;
            case UnavailableCause.NotReady:
                log.NotReady(reason, count, method, path);
                break;
            case UnavailableCause.SchemaTooNew:
                log.RefusedBySchema(reason, count, method, path);
                break;
            default:
                log.StoreDown(reason, count, method, path);
                break;
        }
    }
}
