using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Turnstone.Revocation;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Storage;

namespace Turnstone.Server.Guards;

/// <summary>
/// <c>GET /feed/revocations</c>: tells guards which sessions have ended (docs/revocation-feed.md), as server-sent
/// events or, to who polls, as one document.
/// </summary>
internal sealed class RevocationFeed(
    RevocationLog log,
    FeedClient clients,
    UnavailableLog unavailable,
    IHostApplicationLifetime host,
    TimeProvider time
)
{
    public const string Path = "/feed/revocations";

    private const string Events = "text/event-stream";
    private const int Most = 500;

    // Then whoever follows has to prove itself anew.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly JsonWriterOptions Written = new() { SkipValidation = true };

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (await RefuseAsync(context) is { } refused)
        {
            await refused.ExecuteAsync(context);
            return;
        }

        await (IsStream(context.Request) ? FollowAsync(context) : AnswerAsync(context));
    }

    private async ValueTask<JsonAnswer?> RefuseAsync(HttpContext context)
    {
        try
        {
            // A node that does not know what was revoked must not look as if nothing was.
            _ = log.CurrentAsOf;
            return await clients.RefuseAsync(context);
        }
        catch (StoreUnavailableException away)
        {
            unavailable.Refused(away, context);
            return OAuthError.Of(away.Refusal);
        }
    }

    private static bool IsStream(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals(Events, StringComparison.OrdinalIgnoreCase) && type.Quality != 0);

    /// <summary>All at once. The tag names the place in the log, so it changes with whatever is heard.</summary>
    private async Task AnswerAsync(HttpContext context)
    {
        var (asOf, place) = (log.CurrentAsOf, log.Head);
        var tag = new EntityTagHeaderValue($"\"{IdOf(place)}\"");
        context.Response.Headers.ETag = tag.ToString();
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Written);
        json.WriteStartObject();
        WriteAsOf(json, asOf);
        json.WriteStartArray("ended");
        foreach (var some in log.All().Chunk(Most))
        {
            json.WriteStartObject();
            EndedJson.Write(json, some);
            json.WriteEndObject();
            await json.FlushAsync(context.RequestAborted);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private async Task FollowAsync(HttpContext context)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            host.ApplicationStopping
        );
        context.Response.ContentType = Events;
        context.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await FollowAsync(context.Response, PlaceOf(context.Request.Headers["Last-Event-ID"]), ends.Token);
        }
        catch (Exception reason) when (reason is OperationCanceledException or StoreUnavailableException)
        {
            // It stops, and the follower comes again with its last id: here, or to a node that knows more.
        }
    }

    private async Task FollowAsync(HttpResponse response, long? known, CancellationToken cancellationToken)
    {
        var place = known ?? await SendAllAsync(response, cancellationToken);
        DateTimeOffset? told = null;
        for (var begun = time.GetTimestamp(); time.GetElapsedTime(begun) < Longest; )
        {
            // Asked first: what was committed before it is among what is read next.
            var asOf = log.CurrentAsOf;
            var news = log.NewsAfterAsync(place);
            if (log.After(place, Most) is not { } some)
            {
                place = await SendAllAsync(response, cancellationToken);
                continue;
            }

            place += some.Count;
            if (some.Count > 0)
            {
                await SendAsync(response, "ended", json => EndedJson.Write(json, some), null, cancellationToken);
            }

            if (some.Count == Most)
            {
                continue;
            }

            if (asOf != told)
            {
                told = asOf;
                await SendAsync(response, "current", json => WriteAsOf(json, asOf), place, cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }
            else if (some.Count > 0)
            {
                await response.Body.FlushAsync(cancellationToken);
            }

            await news.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Everything that still matters, and the place to go on from.</summary>
    private async Task<long> SendAllAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        var place = log.Head;
        foreach (var some in log.All().Chunk(Most))
        {
            await SendAsync(response, "ended", json => EndedJson.Write(json, some), null, cancellationToken);
        }

        return place;
    }

    private async Task SendAsync(
        HttpResponse response,
        string name,
        Action<Utf8JsonWriter> write,
        long? place,
        CancellationToken cancellationToken
    )
    {
        var text = new StringBuilder($"event: {name}\n");
        if (place is { } id)
        {
            text.Append(CultureInfo.InvariantCulture, $"id: {IdOf(id)}\n");
        }

        await response.WriteAsync(text.Append("data: ").ToString(), cancellationToken);
        await using (var json = new Utf8JsonWriter(response.BodyWriter, Written))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        await response.WriteAsync("\n\n", cancellationToken);
    }

    // Whoever reads it sees by the second how old the first is, and how late it comes, whatever its own clock shows.
    private void WriteAsOf(Utf8JsonWriter json, DateTimeOffset asOf)
    {
        json.WriteNumber("as_of", asOf.ToUnixTimeMilliseconds());
        json.WriteNumber("now", time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private string IdOf(long place) => $"{log.Run}-{place.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Null where everything has to be told: no place, or one of another run or node.</summary>
    private long? PlaceOf(string? id) =>
        id?.Split('-') is [var run, var text]
        && run == log.Run
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            ? place
            : null;
}

/// <summary>The route of the feed.</summary>
public static class RevocationFeedPlace
{
    public static void MapRevocationFeed(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var feed = endpoints.ServiceProvider.GetRequiredService<RevocationFeed>();
        RequestDelegate answer = feed.InvokeAsync;
        endpoints.MapGet(RevocationFeed.Path, answer).WithMetadata(answer.Method).ShortCircuit().DescribeFeed();
    }
}
