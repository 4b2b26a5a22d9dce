using Microsoft.AspNetCore.Connections;
using Microsoft.Net.Http.Headers;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// Reads the form of a page before anything else does. What cannot be read is the sender's fault, in one place for all
/// pages: the framework finds it out in a dozen places and with as many exceptions.
/// </summary>
internal static class PageForm
{
    /// <summary>The status of a form that is refused; null for one that was read, or where there is none.</summary>
    public static async Task<int?> RefusalAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType)
        {
            return null;
        }

        if (!IsUtf8(request))
        {
            return StatusCodes.Status415UnsupportedMediaType;
        }

        try
        {
            var form = await request.ReadFormAsync(cancellationToken);

            // The framework takes brackets for an index, and throws at one that is not closed.
            return form.Keys.Any(name => name.LastIndexOf('[') > name.LastIndexOf(']'))
                ? StatusCodes.Status400BadRequest
                : null;
        }
        catch (BadHttpRequestException bad)
        {
            return bad.StatusCode;
        }
        catch (Exception unreadable)
            when (unreadable is InvalidDataException or IOException and not ConnectionResetException)
        {
            return StatusCodes.Status400BadRequest;
        }
    }

    private static bool IsUtf8(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.Charset.Length == 0 || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
