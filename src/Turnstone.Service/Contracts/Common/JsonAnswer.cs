using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// An answer whose JSON is written member by member, so that names and order are what the contract shows.
/// </summary>
public sealed class JsonAnswer(
    int status,
    Action<Utf8JsonWriter> write,
    string contentType = "application/json; charset=utf-8"
) : ICountedAnswer
{
    public int Status => status;

    public bool Invalid
    {
        get =>
            field
            || status
                is StatusCodes.Status404NotFound
                    or StatusCodes.Status405MethodNotAllowed
                    or StatusCodes.Status413PayloadTooLarge
                    or StatusCodes.Status415UnsupportedMediaType
                    or StatusCodes.Status422UnprocessableEntity;
        init;
    }

    /// <summary>Whole seconds for Retry-After; null for none.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The challenge for WWW-Authenticate; null for none.</summary>
    public string? Challenge { get; init; }

    /// <summary>
    /// The stable code for the header Error-Code, for shapes that have no member for it; null for none.
    /// </summary>
    public string? ErrorCode { get; init; }

    /// <summary>What would be answered, member by member the same, in lines for a page to show.</summary>
    public static string Text(Action<Utf8JsonWriter> write)
    {
        using var pad = JsonPad.Legible();
        return Encoding.UTF8.GetString(pad.Write(write));
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var json = JsonPad.Mine.Write(write);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = json.Length;
        if (RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Challenge is not null)
        {
            response.Headers.WWWAuthenticate = Challenge;
        }

        if (ErrorCode is not null)
        {
            response.Headers["Error-Code"] = ErrorCode;
        }

        // Not flushed: the end of the request does that, head and body in one.
        response.BodyWriter.Write(json);
        return Task.CompletedTask;
    }
}
