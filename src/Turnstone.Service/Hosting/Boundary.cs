using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Hosting.Connections;
using Turnstone.Storage;

namespace Turnstone.Server.Hosting;

/// <summary>
/// The outermost middleware. An error that no contract has answered becomes a short problem document (RFC 9457),
/// without a stack trace or an exception's text. The log line has the path only, because a query can contain a code or
/// a key.
/// </summary>
public sealed class Boundary(
    RequestDelegate next,
    RequestMeter meter,
    UnavailableLog unavailable,
    RequestLimits limits,
    TimeProvider time,
    ILogger<Boundary> log
)
{
    // An answer that goes on for minutes says nothing about how fast requests are answered.
    private const string Streamed = "text/event-stream";

    public async Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var connection = context.Features.Get<OpenConnection>();
        connection?.Begin();
        try
        {
            await AnswerAsync(context);
        }
        finally
        {
            connection?.End();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (started, method, path) = (time.GetTimestamp(), context.Request.Method, context.Request.Path.Value ?? "");
        var left = false;
        try
        {
            await next(context);
            if (
                context.Response is { HasStarted: false, ContentType: null } unanswered
                && InvalidRequests.Is(unanswered.StatusCode)
            )
            {
                await AnswerInvalidAsync(context);
            }
        }
        catch (Exception problem) when (ClientGone.Is(problem, context))
        {
            left = true;
            ClientGone.Dismiss(context);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await (
                InvalidRequests.Is(bad.StatusCode) && limits.TakeInvalid(context) is { } tooMany
                    ? WriteAsync(context, tooMany)
                    : WriteAsync(
                        context,
                        bad.StatusCode,
                        "invalid_request",
                        "The request could not be read.",
                        retryAfter: null
                    )
            );
        }
        catch (StoreUnavailableException away) when (!context.Response.HasStarted)
        {
            unavailable.Refused(away, context);
            await WriteAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                "unavailable",
                $"{away.Refusal.Reason} Repeat the request after the time in Retry-After.",
                away.RetryAfter
            );
        }
#pragma warning disable CA1031 // the last handler: the framework would answer with its own page or drop the connection
        catch (Exception problem) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            log.RequestFailed(problem, method, path, RequestTrace.Of(context));
            await WriteAsync(
                context,
                StatusCodes.Status500InternalServerError,
                "server_error",
                "Something went wrong here. Repeat the request; if it goes on, report the traceId.",
                null
            );
        }

        var took = time.GetElapsedTime(started);
        var status = left ? StatusCodes.Status499ClientClosedRequest : context.Response.StatusCode;
        if (context.Response.ContentType is not Streamed)
        {
            meter.Done(took, status);
        }

        if (log.IsEnabled(LogLevel.Debug))
        {
            log.RequestDone(method, path, status, Math.Round(took.TotalMilliseconds, 1), RequestTrace.Of(context));
        }
    }

    private Task AnswerInvalidAsync(HttpContext context) =>
        limits.TakeInvalid(context) is { } tooMany ? WriteAsync(context, tooMany)
        : context.Response.StatusCode is StatusCodes.Status404NotFound
            ? WriteAsync(
                context,
                StatusCodes.Status404NotFound,
                "not_found",
                "There is no such path here. The reference, at /reference, lists those there are.",
                retryAfter: null
            )
        : Task.CompletedTask;

    private static Task WriteAsync(HttpContext context, Refusal tooMany) =>
        WriteAsync(
            context,
            StatusCodes.Status429TooManyRequests,
            "too_many_requests",
            $"{tooMany.Reason} {tooMany.NextStep}",
            tooMany.RetryAfter
        );

    private static Task WriteAsync(HttpContext context, int status, string code, string detail, TimeSpan? retryAfter)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        if (retryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = new Refusal(
                RefusalCode.Unavailable,
                "",
                "",
                wait
            ).RetryAfterSeconds!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var problem = new ProblemAnswer(
            "about:blank",
            Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
            status,
            detail,
            code,
            RequestTrace.Of(context)
        );
        return context.Response.WriteAsJsonAsync(problem, HostJson.Web.ProblemAnswer, "application/problem+json");
    }
}
